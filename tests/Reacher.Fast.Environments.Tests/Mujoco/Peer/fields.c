// Prints every field of compiled models that bears on the motion, one a line: sizes, options and arrays, each number in full.
// What is only seen (colours, cameras, lights, names) and what only addresses it is left out.
//   gcc fields.c -lmujoco -lm -o fields && ./fields MODEL.xml
#include <mujoco/mujoco.h>
#include <mujoco/mjxmacro.h>
#include <stdio.h>
#include <string.h>

static const char* seenBeginnings[] = {
    "name", "nnames", "mat_", "nmat", "tex_", "ntex", "light_", "nlight", "cam_", "ncam", "numeric_", "nnumeric", "text_", "tuple_",
    "skin_", "nbuffer", "geom_rgba", "site_rgba", "tendon_rgba", "geom_matid", "site_matid", "tendon_matid", NULL};

static int isSeen(const char* name) {
    for (int i = 0; seenBeginnings[i]; i++) {
        if (strncmp(name, seenBeginnings[i], strlen(seenBeginnings[i])) == 0) return 1;
    }
    return 0;
}

static void print_mjtNum(mjtNum x) { printf(" %.17g", x); }
static void print_float(float x) { printf(" %.9g", x); }
static void print_int(int x) { printf(" %d", x); }
static void print_mjtByte(mjtByte x) { printf(" %d", x); }
static void print_char(char x) { printf(" %d", x); }

int main(int argc, char** argv) {
    char error[1000] = "";
    mjModel* m = argc == 2 ? mj_loadXML(argv[1], NULL, error, sizeof error) : NULL;
    if (!m) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
#define X(name) if (!isSeen(#name)) printf("%s %d\n", #name, m->name);
    MJMODEL_INTS
#undef X
#define X(type, name) printf("opt.%s", #name); print_##type(m->opt.name); printf("\n");
    MJOPTION_SCALARS
#undef X
#define X(name, n) printf("opt.%s", #name); for (int i = 0; i < n; i++) print_mjtNum(m->opt.name[i]); printf("\n");
    MJOPTION_VECTORS
#undef X
    MJMODEL_POINTERS_PREAMBLE(m)
#define X(type, name, rows, columns)                                              \
    if (!isSeen(#name)) {                                                         \
        printf("%s", #name);                                                      \
        for (int i = 0; i < m->rows * (columns); i++) print_##type(m->name[i]);   \
        printf("\n");                                                             \
    }
    MJMODEL_POINTERS
#undef X
    return 0;
}
