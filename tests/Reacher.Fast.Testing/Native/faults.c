/* Faults of the disk and of limits for the processes of a run, which the loader puts before the C library (LD_PRELOAD).
   FAULT_CONTROL   a file of four blocks, one for each role, in which a test switches faults on and off while the run goes on
   FAULT_FOLDER    only files below it are concerned
   A fault concerns what the process does from then on. Memory that is mapped is none of this file's concern. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* FaultyDisk.cs has the same order. */
struct faults
{
    volatile int error;        /* errno of what is refused; 0 for none */
    volatile int milliseconds; /* what fsync(2) takes longer than it would */
    volatile int hold;         /* not 0: whoever writes or flushes waits */
    volatile int held;         /* how many wait so */
    volatile int descriptors;  /* RLIMIT_NOFILE of a process that starts; 0 for what it would be */
    volatile int megabytes;    /* RLIMIT_FSIZE of a process that starts; 0 for what it would be */
    int unused[10];
};

enum { Create = 1, Open = 2, Write = 4, Read = 8, Flush = 16, Remove = 32 };

static struct faults *faults;
static const char *folder;

/* What the system cannot do any more when it fails in this way. A full disk takes nothing new. Without the right to, what is open stays so. */
static int kinds_of(int error)
{
    switch (error)
    {
    case ENOSPC: return Create | Write;
    case EPERM: return Create | Open | Remove;
    default: return Create | Open | Write | Read | Flush | Remove;
    }
}

static int role(void)
{
    static const char *const verbs[] = {"train", "role-learner", "role-env", "role-eval"};
    char arguments[4096] = {0};
    int file = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t length = file < 0 ? 0 : read(file, arguments, sizeof arguments - 1);
    close(file);
    for (char *argument = arguments; argument < arguments + length; argument += strlen(argument) + 1)
    {
        for (int i = 0; i < 4; i++)
        {
            if (strcmp(argument, verbs[i]) == 0)
            {
                return i;
            }
        }
    }

    return -1;
}

__attribute__((constructor)) static void begin(void)
{
    const char *control = getenv("FAULT_CONTROL");
    int which = role();
    int file = control == NULL || which < 0 ? -1 : open(control, O_RDWR | O_CLOEXEC);
    if (file < 0)
    {
        return;
    }

    struct faults *all = mmap(NULL, 4 * sizeof(struct faults), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (all == MAP_FAILED)
    {
        return;
    }

    folder = getenv("FAULT_FOLDER");
    faults = all + which;
    struct rlimit limit;
    if (faults->descriptors != 0 && getrlimit(RLIMIT_NOFILE, &limit) == 0)
    {
        limit.rlim_cur = limit.rlim_max = (rlim_t)faults->descriptors;
        setrlimit(RLIMIT_NOFILE, &limit);
    }

    if (faults->megabytes != 0 && getrlimit(RLIMIT_FSIZE, &limit) == 0)
    {
        limit.rlim_cur = limit.rlim_max = 1000000 * (rlim_t)faults->megabytes;
        setrlimit(RLIMIT_FSIZE, &limit);
    }
}

static int is_concerned(const char *path) { return folder != NULL && strncmp(path, folder, strlen(folder)) == 0; }

/* Waits where it is told to, then says whether the call fails, with errno set. */
static int refuses(int kind, const char *path)
{
    if (faults == NULL || (faults->error == 0 && faults->hold == 0) || !is_concerned(path))
    {
        return 0;
    }

    if (faults->hold && (kind & (Write | Flush)))
    {
        __sync_fetch_and_add(&faults->held, 1);
        while (faults->hold)
        {
            usleep(1000);
        }

        __sync_fetch_and_sub(&faults->held, 1);
    }

    int error = faults->error;
    if (error != 0 && (kinds_of(error) & kind))
    {
        errno = error;
        return 1;
    }

    return 0;
}

static int refuses_file(int kind, int descriptor)
{
    char link[64], path[PATH_MAX];
    if (faults == NULL || (faults->error == 0 && faults->hold == 0))
    {
        return 0;
    }

    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    return refuses(kind, path);
}

static int kind_of(const char *path, int flags)
{
    struct stat status;
    return (flags & O_CREAT) && stat(path, &status) != 0 ? Create : (flags & O_ACCMODE) == O_RDONLY ? Read : Open;
}

/* A function of the C library: its result and its name, its parameters, the call that is passed on, and when it is refused instead. */
#define REPLACE(result, name, parameters, values, refused) \
    result name parameters \
    { \
        static __typeof__(name) *original; \
        if (original == NULL) \
        { \
            original = (__typeof__(name) *)dlsym(RTLD_NEXT, #name); \
        } \
        return (refused) ? -1 : original values; \
    }

REPLACE(ssize_t, write, (int file, const void *bytes, size_t count), (file, bytes, count), refuses_file(Write, file))
REPLACE(ssize_t, writev, (int file, const struct iovec *parts, int count), (file, parts, count), refuses_file(Write, file))
REPLACE(ssize_t, pwrite64, (int file, const void *bytes, size_t count, off64_t at), (file, bytes, count, at), refuses_file(Write, file))
REPLACE(ssize_t, pwritev64, (int file, const struct iovec *parts, int count, off64_t at), (file, parts, count, at), refuses_file(Write, file))
REPLACE(ssize_t, read, (int file, void *bytes, size_t count), (file, bytes, count), refuses_file(Read, file))
REPLACE(ssize_t, pread64, (int file, void *bytes, size_t count, off64_t at), (file, bytes, count, at), refuses_file(Read, file))
REPLACE(int, ftruncate64, (int file, off64_t length), (file, length), refuses_file(Write, file))
REPLACE(int, rename, (const char *from, const char *to), (from, to), refuses(Remove, to))
REPLACE(int, unlink, (const char *path), (path), refuses(Remove, path))
REPLACE(int, mkdir, (const char *path, mode_t mode), (path, mode), refuses(kind_of(path, O_CREAT), path))
REPLACE(int, stat64, (const char *path, struct stat64 *status), (path, status), refuses(Read, path))
REPLACE(int, lstat64, (const char *path, struct stat64 *status), (path, status), refuses(Read, path))

DIR *opendir(const char *path)
{
    static DIR *(*original)(const char *);
    if (original == NULL)
    {
        original = (DIR *(*)(const char *))dlsym(RTLD_NEXT, "opendir");
    }

    return refuses(Read, path) ? NULL : original(path);
}

int fsync(int descriptor)
{
    static int (*original)(int);
    if (original == NULL)
    {
        original = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    }

    if (faults != NULL && faults->milliseconds != 0)
    {
        usleep(1000u * (useconds_t)faults->milliseconds);
    }

    return refuses_file(Flush, descriptor) ? -1 : original(descriptor);
}

int open64(const char *path, int flags, ...)
{
    static int (*original)(const char *, int, ...);
    va_list rest;
    va_start(rest, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    if (original == NULL)
    {
        original = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open64");
    }

    return faults != NULL && faults->error != 0 && refuses(kind_of(path, flags), path) ? -1 : original(path, flags, mode);
}
