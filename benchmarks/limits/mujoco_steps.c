// What MuJoCo itself takes for decisions that were made before: the model is set to the same states and stepped with the same controls.
//   gcc -O2 mujoco_steps.c -lmujoco -o mujoco_steps && ./mujoco_steps MODEL.xml FRAMESKIP FORCES DECISIONS
// FORCES 1 calls mj_rnePostConstraint after a decision, too. DECISIONS is a file of doubles: for each decision 1, nq positions and nv
// velocities if an episode begins with it, or 0, and then nu controls. All of it is read before the clock begins.
#include <mujoco/mujoco.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(int argc, char** argv) {
    char error[1000] = "";
    mjModel* m = argc == 5 ? mj_loadXML(argv[1], NULL, error, sizeof error) : NULL;
    FILE* file = argc == 5 ? fopen(argv[4], "rb") : NULL;
    if (!m || !file) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    int skip = atoi(argv[2]), forces = atoi(argv[3]);
    fseek(file, 0, SEEK_END);
    long length = ftell(file);
    rewind(file);
    double* all = malloc(length);
    if (fread(all, 1, length, file) != (size_t)length) return 2;
    mjData* d = mj_makeData(m);
    const double *at = all, *end = all + length / 8;
    double wall = now(CLOCK_MONOTONIC), processor = now(CLOCK_PROCESS_CPUTIME_ID);
    while (at < end) {
        if (*at++ != 0) {
            mj_resetData(m, d);
            memcpy(d->qpos, at, 8 * m->nq);
            at += m->nq;
            memcpy(d->qvel, at, 8 * m->nv);
            at += m->nv;
            mj_forward(m, d);
        }
        memcpy(d->ctrl, at, 8 * m->nu);
        at += m->nu;
        for (int i = 0; i < skip; i++) mj_step(m, d);
        if (forces) mj_rnePostConstraint(m, d);
    }
    printf("seconds %.9f s\n", now(CLOCK_MONOTONIC) - wall);
    printf("processor %.9f s\n", now(CLOCK_PROCESS_CPUTIME_ID) - processor);
    return 0;
}
