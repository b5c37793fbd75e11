/* Faults of a disk for one process of a run, which the loader puts before the C library (LD_PRELOAD).
   FAULT_ROLE      an argument of that process, such as role-eval; every process where it is not set
   FAULT_FSYNC_MS  what fsync(2) takes longer than it would */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Read once by read(2), which is not replaced here; an argument ends with a zero byte. */
static int read_role(void)
{
    const char *role = getenv("FAULT_ROLE");
    char arguments[4096] = {0};
    int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? 0 : read(file, arguments, sizeof arguments - 1);
    close(file);
    int found = role == NULL;
    for (char *argument = arguments; role != NULL && argument < arguments + length; argument += strlen(argument) + 1)
    {
        found |= strcmp(argument, role) == 0;
    }

    return found;
}

int fsync(int descriptor)
{
    static int (*original)(int);
    static int concerned = -1;
    const char *milliseconds = getenv("FAULT_FSYNC_MS");
    if (original == NULL)
    {
        concerned = read_role();
        original = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    }

    if (concerned && milliseconds != NULL)
    {
        usleep(1000u * (useconds_t)atoi(milliseconds));
    }

    return original(descriptor);
}
