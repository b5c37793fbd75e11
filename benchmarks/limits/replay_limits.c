/*
 * What this machine's memory gives, for the replay's figures to be divided by: memcpy, plain sequential writing of rows, and a
 * prefetched random gather of rows into the arrays of a batch. Rows of 320 bytes (Reacher: 16 bytes of header, 33 + 4 + 2 + 33
 * floats) in a mapped file on /dev/shm, as the replay's are; one core. Prints one line "name value unit" a figure.
 *
 *     gcc -O3 -march=native -o replay_limits replay_limits.c && ./replay_limits [rows] [repeats]
 *     ./replay_limits rows 1 write|gather seconds     one of several processes at once
 *
 * Also built as a library, whose functions are then timed in turns with the replay's on the very same memory.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { STRIDE = 320, HEADER = 16, OBSERVATION = 33, ACTION = 4, BATCH = 256, AHEAD = 12, STEP = 20 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

static char *map_rows(size_t bytes) {
    char name[64];
    snprintf(name, sizeof name, "/dev/shm/replay-limits-%d", (int)getpid());
    int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd < 0 || posix_fallocate(fd, 0, (off_t)bytes) != 0) {
        unlink(name);
        fprintf(stderr, "replay_limits: no room for %zu bytes in /dev/shm\n", bytes);
        exit(1);
    }
    char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    unlink(name);
    close(fd);
    if (p == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }
    memset(p, 0, bytes);
    return p;
}

static uint64_t xorshift(uint64_t *s) {
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

/* GB/s of bytes copied. */
double copy(char *to, const char *from, size_t bytes) {
    double t = now();
    memcpy(to, from, bytes);
    return bytes / (now() - t) * 1e-9;
}

/* Rows a second: rows already composed in the first-level cache, each stored once, in order. */
double write_rows(char *rows, size_t count, const char *staged) {
    double t = now();
    size_t slot = 0;
    while (slot + STEP <= count) {
        for (int i = 0; i < STEP; i++, slot++) {
            memcpy(rows + slot * STRIDE, staged + i * STRIDE, STRIDE);
        }
        __asm__ volatile("" ::: "memory");
    }
    return slot / (now() - t);
}

/* Rows a second, into five arrays, indices drawn a batch at a time. */
double gather_rows(const char *rows, size_t count, size_t batches, float *out, uint64_t *seed) {
    static uint32_t slots[BATCH];
    float *observations = out, *actions = observations + BATCH * OBSERVATION, *rewards = actions + BATCH * ACTION;
    float *discounts = rewards + BATCH, *next = discounts + BATCH;
    double t = now();
    for (size_t b = 0; b < batches; b++) {
        for (int i = 0; i < BATCH; i++) {
            slots[i] = (uint32_t)(((unsigned __int128)xorshift(seed) * count) >> 64);
        }
        for (int i = 0; i < AHEAD; i++) {
            for (int l = 0; l < STRIDE; l += 64) __builtin_prefetch(rows + (size_t)slots[i] * STRIDE + l);
        }
        for (int i = 0; i < BATCH; i++) {
            if (i + AHEAD < BATCH) {
                for (int l = 0; l < STRIDE; l += 64) __builtin_prefetch(rows + (size_t)slots[i + AHEAD] * STRIDE + l);
            }
            const float *p = (const float *)(rows + (size_t)slots[i] * STRIDE + HEADER);
            memcpy(observations + i * OBSERVATION, p, OBSERVATION * 4);
            memcpy(actions + i * ACTION, p + OBSERVATION, ACTION * 4);
            rewards[i] = p[OBSERVATION + ACTION];
            discounts[i] = p[OBSERVATION + ACTION + 1];
            memcpy(next + i * OBSERVATION, p + OBSERVATION + ACTION + 2, OBSERVATION * 4);
        }
        __asm__ volatile("" ::: "memory");
    }
    return batches * (double)BATCH / (now() - t);
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, int n) {
    qsort(v, n, sizeof *v, by_value);
    return v[n / 2];
}

int main(int argc, char **argv) {
    size_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    int repeats = argc > 2 ? atoi(argv[2]) : 7;
    size_t bytes = count * STRIDE;
    char *rows = map_rows(bytes);
    char *other = argc > 4 ? NULL : map_rows(bytes);
    char *staged = aligned_alloc(128, STEP * STRIDE);
    float *out = aligned_alloc(128, BATCH * STRIDE);
    double *v = malloc(repeats * sizeof *v);
    uint64_t seed = 88172645463325252u;
    memset(staged, 1, STEP * STRIDE);
    memset(out, 0, BATCH * STRIDE);

    if (argc > 4) {
        int writes = strcmp(argv[3], "write") == 0;
        double seconds = atof(argv[4]), moved = 0, t = now();
        while (now() - t < seconds) {
            if (writes) {
                write_rows(rows, count, staged);
            } else {
                gather_rows(rows, count, 500, out, &seed);
            }
            moved += writes ? (double)(count / STEP * STEP) : 500.0 * BATCH;
        }
        printf("%s %.3f Mrows/s\n", argv[3], moved / (now() - t) * 1e-6);
        return 0;
    }

    for (int i = 0; i < repeats; i++) v[i] = copy(other, rows, bytes);
    printf("memcpy %.2f GB/s\n", median(v, repeats));
    for (int i = 0; i < repeats; i++) v[i] = write_rows(rows, count, staged);
    printf("sequential-write %.2f Mrows/s\n", median(v, repeats) * 1e-6);
    for (int i = 0; i < repeats; i++) v[i] = gather_rows(rows, count, 2000, out, &seed);
    printf("gather %.2f Mrows/s\n", median(v, repeats) * 1e-6);
    return 0;
}
