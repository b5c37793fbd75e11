// Steps a model as the tasks do, from a state and controls that it is given, and writes what came of each decision.
//   ./steps MODEL.xml FRAMESKIP < (nq + nv doubles, then nu doubles a decision) > (qpos, qvel, cinert, cvel, qfrc_actuator,
//   qfrc_constraint, cfrc_ext, xpos, xipos of each decision, as doubles)
// With "./steps MODEL.xml FRAMESKIP N" it makes N decisions with controls of zero instead and prints how many seconds they took.
#include <mujoco/mujoco.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void decide(const mjModel* m, mjData* d, int skip) {
    for (int i = 0; i < skip; i++) mj_step(m, d);
    mj_rnePostConstraint(m, d);
}

int main(int argc, char** argv) {
    char error[1000] = "";
    mjModel* m = argc >= 3 ? mj_loadXML(argv[1], NULL, error, sizeof error) : NULL;
    if (!m) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    int skip = atoi(argv[2]);
    mjData* d = mj_makeData(m);
    mj_resetData(m, d);
    if (argc == 4) {
        int count = atoi(argv[3]);
        unsigned state = 1;
        struct timespec a, b;
        mj_forward(m, d);
        clock_gettime(CLOCK_MONOTONIC, &a);
        for (int k = 0; k < count; k++) {
            if (k % 1000 == 0) {
                mj_resetData(m, d);
                mj_forward(m, d);
            }
            for (int i = 0; i < m->nu; i++) {
                state = state * 1664525u + 1013904223u;
                double part = state / 4294967296.0;
                d->ctrl[i] = m->actuator_ctrlrange[2 * i] + part * (m->actuator_ctrlrange[2 * i + 1] - m->actuator_ctrlrange[2 * i]);
            }
            decide(m, d, skip);
        }
        clock_gettime(CLOCK_MONOTONIC, &b);
        printf("%.6f\n", (b.tv_sec - a.tv_sec) + 1e-9 * (b.tv_nsec - a.tv_nsec));
        return 0;
    }
    if (fread(d->qpos, 8, m->nq, stdin) != (size_t)m->nq || fread(d->qvel, 8, m->nv, stdin) != (size_t)m->nv) return 2;
    mj_forward(m, d);
    while (fread(d->ctrl, 8, m->nu, stdin) == (size_t)m->nu) {
        decide(m, d, skip);
        fwrite(d->qpos, 8, m->nq, stdout);
        fwrite(d->qvel, 8, m->nv, stdout);
        fwrite(d->cinert, 8, 10 * m->nbody, stdout);
        fwrite(d->cvel, 8, 6 * m->nbody, stdout);
        fwrite(d->qfrc_actuator, 8, m->nv, stdout);
        fwrite(d->qfrc_constraint, 8, m->nv, stdout);
        fwrite(d->cfrc_ext, 8, 6 * m->nbody, stdout);
        fwrite(d->xpos, 8, 3 * m->nbody, stdout);
        fwrite(d->xipos, 8, 3 * m->nbody, stdout);
    }
    return 0;
}
