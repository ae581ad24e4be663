// A process whose descendants come and go: it begins one short chain after the other, in which each process begins the
// next and dies soon, so that all but the first are no children of its own any more but for a moment; beside them a line
// of processes at rest, each the child of the one before. All are of one session. Says its number when the line stands,
// and ends with all the others when standard input does; should that not come, two minutes after it began.
//   cc -O2 comets.c -o comets; ./comets

#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LINE 300
#define CHAIN 6
#define MOST 12 // at once, or where forks are slow nobody else gets a CPU

static volatile int *stop;
static volatile int *comets; // how many there are
static time_t end;

static int goes_on(void)
{
    return !*stop && time(NULL) < end;
}

static pid_t start(void)
{
    pid_t pid = fork();

    if (pid < 0) {
        perror("fork");
        _exit(99);
    }
    return pid;
}

static void rest(void)
{
    usleep(rand() % 500);
}

static void chain(unsigned seed)
{
    int length;

    srand(seed);
    prctl(PR_SET_NAME, "comet");
    for (length = 1; length < CHAIN; length++) {
        rest();
        __atomic_fetch_add(comets, 1, __ATOMIC_RELAXED);
        if (start())
            break;
    }
    rest();
    __atomic_fetch_sub(comets, 1, __ATOMIC_RELAXED);
    _exit(length);
}

// Each begins the next, and tells the one before when all behind it have begun.
static void line(int ready)
{
    int told[2];
    char byte;

    prctl(PR_SET_NAME, "line");
    for (int depth = 1; depth < LINE; depth++) {
        if (pipe(told))
            _exit(99);
        if (start()) {
            close(told[1]);
            if (read(told[0], &byte, 1) != 1)
                _exit(99);
            close(told[0]);
            break;
        }
        close(told[0]);
        close(ready);
        ready = told[1];
    }
    if (write(ready, "", 1) != 1)
        _exit(99);
    close(ready);
    while (goes_on())
        usleep(200000);
    _exit(0);
}

static void head(void)
{
    int ready[2];
    char byte;

    if (pipe(ready))
        _exit(99);
    if (!start())
        line(ready[1]);
    if (read(ready[0], &byte, 1) != 1)
        _exit(99);
    printf("%d\n", getpid());
    fflush(stdout);
    for (unsigned n = 0; goes_on(); n++) {
        if (*comets < MOST) {
            __atomic_fetch_add(comets, 1, __ATOMIC_RELAXED);
            if (!start())
                chain(n);
        }
        usleep(1000);
    }
    _exit(0);
}

int main(void)
{
    struct pollfd input = { .fd = 0, .events = POLLIN };

    stop = mmap(NULL, 2 * sizeof(*stop), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    comets = stop + 1;
    end = time(NULL) + 120;
    // This process gets all whose parents are gone, and nobody has to wait for anybody.
    if (stop == MAP_FAILED || prctl(PR_SET_CHILD_SUBREAPER, 1) || signal(SIGCHLD, SIG_IGN) == SIG_ERR || setsid() < 0)
        return 99;
    if (!start())
        head();
    poll(&input, 1, (end - time(NULL)) * 1000);
    *stop = 1;
    waitpid(-1, NULL, 0); // until all are gone
    return 0;
}
