// Dies in the way its name says: one program, linked under several names, so that a recording shows by the name (comm)
// what the status ought to be. Used by bin/demo.
//   cc -O2 -pthread deaths.c -o demo-exit-0; ln -s demo-exit-0 demo-sigsegv; ./demo-sigsegv

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void *outlive_the_leader(void *unused)
{
    (void)unused;
    usleep(700 * 1000);
    exit(7);
}

int main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/');
    const char *name = slash ? slash + 1 : argv[0];

    (void)argc;
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    usleep(20 * 1000);
    if (strcmp(name, "demo-exit-0") == 0)
        return 0;
    if (strcmp(name, "demo-exit-3") == 0)
        return 3;
    if (strcmp(name, "demo-sigkill") == 0) {
        // Asked to end, it does not listen.
        signal(SIGTERM, SIG_IGN);
        for (;;)
            pause();
    }
    if (strcmp(name, "demo-sigsegv") == 0)
        *(volatile int *)8 = 0;
    if (strcmp(name, "demo-oom") == 0) {
        // More than the memory cgroup that it is started in lets it have.
        for (int mib = 0; mib < 256; mib++)
            memset(malloc(1 << 20), 1, 1 << 20);
        return 1;
    }
    if (strcmp(name, "demo-leader") == 0) {
        // The leader thread ends now, with 0; the process lives on in its other thread and ends with 7.
        pthread_t other;
        if (pthread_create(&other, NULL, outlive_the_leader, NULL) != 0)
            return 1;
        pthread_exit(NULL);
    }
    fprintf(stderr, "deaths: no death is called %s\n", name);
    return 2;
}
