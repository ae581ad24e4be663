// Makes deaths and says the truth about each: "PID START STATUS", the process id, its start time in clock ticks since
// boot (field 22 of /proc/PID/stat) and the word that waitpid(2) gave. The tests compare recordings with it.
//   cc -O2 -pthread truth.c -o truth; ./truth exit 3; ./truth killed 1000; ./truth mixed 1000; ./truth storm 100000

#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *self;

static void die(const char *what)
{
    perror(what);
    _exit(99);
}

// The state and start time of a task, from its stat file.
static char stat_of(pid_t pid, pid_t tid, unsigned long long *start)
{
    char path[64], text[1024], state = 0;
    FILE *file;
    size_t n;

    snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
    file = fopen(path, "r");
    if (!file)
        return 0;
    n = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[n] = 0;
    if (strrchr(text, ')'))
        sscanf(strrchr(text, ')') + 2, "%c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &state, start);
    return state;
}

// Waits until the leader thread of a process is gone while the process lives.
static void await_leaderless(pid_t pid)
{
    unsigned long long start;

    while (stat_of(pid, pid, &start) != 'Z')
        usleep(200);
}

// Waits for a death, reads the zombie's start time, reaps it and says the truth.
static int reap(pid_t pid)
{
    unsigned long long start = 0;
    siginfo_t info;
    int status;

    while (waitid(P_PID, pid, &info, WEXITED | WNOWAIT))
        if (errno != EINTR)
            die("waitid");
    stat_of(pid, pid, &start);
    if (waitpid(pid, &status, 0) != pid)
        die("waitpid");
    printf("%d %llu %d\n", pid, start, status);
    return status;
}

static pid_t start(void)
{
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid < 0)
        die("fork");
    return pid;
}

static void core_limit(rlim_t bytes)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){bytes, bytes});
}

static void thread(void *(*body)(void *), void *argument)
{
    pthread_t id;

    if (pthread_create(&id, NULL, body, argument))
        die("pthread_create");
}

static void *crash(void *unused)
{
    (void)unused;
    *(volatile int *)0 = 1;
    return NULL;
}

static void *wait_forever(void *ready)
{
    if (ready && write(*(int *)ready, "", 1) != 1)
        die("write");
    for (;;)
        pause();
    return NULL;
}

static void *exit_after_leader(void *unused)
{
    (void)unused;
    await_leaderless(getpid());
    exit(7);
}

static void *crash_after_leader(void *unused)
{
    await_leaderless(getpid());
    return crash(unused);
}

static void *exec_nine(void *unused)
{
    (void)unused;
    execl(self, "truth", "child", "9", NULL);
    die("execl");
    return NULL;
}

// Ends the calling thread alone, with a code that is no process's.
static void leave(int code)
{
    syscall(SYS_exit, code);
}

static void killed(int count)
{
    int ready[2], i;
    char byte;
    pid_t pid;

    if (pipe(ready))
        die("pipe");
    for (i = 0; i < count; i++) {
        pid = start();
        if (!pid) {
            thread(wait_forever, &ready[1]);
            wait_forever(NULL);
        }
        if (read(ready[0], &byte, 1) != 1)
            die("read");
        kill(pid, SIGKILL);
        reap(pid);
    }
}

static void double_fork(void)
{
    int gone[2];
    pid_t child, grandchild;
    char byte;

    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (pipe(gone))
        die("pipe");
    child = start();
    if (!child) {
        grandchild = start();
        if (!grandchild) {
            close(gone[1]);
            if (read(gone[0], &byte, 1) < 0) // until nobody holds the other end: after the middle one's truth was told
                die("read");
            _exit(5);
        }
        _exit(0);
    }
    reap(child);
    close(gone[1]);
    grandchild = -1;
    while (grandchild < 0) {
        siginfo_t info = {0};

        if (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) == 0)
            grandchild = info.si_pid;
        else if (errno != EINTR)
            die("waitid");
    }
    reap(grandchild);
}

// As many deaths as asked for, as fast as two processes can: every eighth with status 3, half of them vforked.
static void storm(long count)
{
    pid_t spawner[2];
    int i;

    for (i = 0; i < 2; i++) {
        spawner[i] = start();
        if (!spawner[i]) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (long n = 0; n < count / 2; n++) {
                pid_t pid = n & 1 ? fork() : vfork();

                if (!pid)
                    _exit(n % 8 ? 0 : 3);
                if (pid < 0 || waitpid(pid, NULL, 0) != pid)
                    die("storm");
            }
            _exit(0);
        }
    }
    for (i = 0; i < 2; i++)
        reap(spawner[i]);
}

// Children that become another program and end with 6.
static void execs(int count)
{
    for (int i = 0; i < count; i++) {
        pid_t pid = start();

        if (!pid) {
            execl(self, "truth", "child", "6", NULL);
            die("execl");
        }
        reap(pid);
    }
}

static void ignore(int signal)
{
    (void)signal;
}

// Deaths with 5 between signals that end nothing, a hundred blocked and a hundred handled before each.
static void flood(int count)
{
    sigset_t term;

    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    signal(SIGHUP, ignore);
    for (int i = 0; i < count; i++) {
        pid_t pid;

        for (int n = 0; n < 100; n++)
            if (kill(getpid(), SIGTERM) || kill(getpid(), SIGHUP))
                die("kill");
        pid = start();
        if (!pid)
            _exit(5);
        reap(pid);
    }
}

// Moves the wall clock; 1 when that is not allowed.
static int step_clock(long milliseconds)
{
    struct timespec now;
    long long ns;

    clock_gettime(CLOCK_REALTIME, &now);
    ns = now.tv_sec * 1000000000LL + now.tv_nsec + milliseconds * 1000000LL;
    now.tv_sec = ns / 1000000000;
    now.tv_nsec = ns % 1000000000;
    return clock_settime(CLOCK_REALTIME, &now) ? 1 : 0;
}

static void one(const char *what, int number, int sleep_us)
{
    pid_t pid = start();

    if (pid) {
        if (!strcmp(what, "leader-then-killed")) {
            await_leaderless(pid);
            kill(pid, SIGKILL);
        }
        reap(pid);
        return;
    }
    usleep(sleep_us);
    core_limit(strstr(what, "core") ? RLIM_INFINITY : 0);
    if (!strcmp(what, "exit"))
        _exit(number);
    if (!strcmp(what, "signal")) {
        signal(number, SIG_DFL);
        kill(getpid(), number);
        pause();
    }
    if (!strcmp(what, "segv") || !strcmp(what, "segv-core"))
        crash(NULL);
    if (!strcmp(what, "worker-segv") || !strcmp(what, "worker-segv-core")) {
        thread(crash, NULL);
        wait_forever(NULL);
    }
    if (!strcmp(what, "leader-first")) {
        thread(exit_after_leader, NULL);
        leave(0);
    }
    if (!strcmp(what, "leader-then-segv")) {
        thread(crash_after_leader, NULL);
        leave(3);
    }
    if (!strcmp(what, "leader-then-killed")) {
        thread(wait_forever, NULL);
        leave(0);
    }
    if (!strcmp(what, "worker-execs")) {
        thread(exec_nine, NULL);
        wait_forever(NULL);
    }
    if (!strcmp(what, "threads")) {
        for (int i = 0; i < number; i++)
            thread(wait_forever, NULL);
        _exit(4);
    }
    fprintf(stderr, "truth: no death is called %s\n", what);
    _exit(99);
}

// Deaths of every kind in turn, under names of every kind, at ages up to 20 ms.
static void mixed(int count)
{
    static const struct {
        const char *what;
        int number;
    } kinds[] = {
        {"exit", 0}, {"exit", 3}, {"leader-first", 0}, {"exit", 255}, {"signal", SIGKILL}, {"worker-segv", 0}, {"worker-segv-core", 0},
        {"exit", 0}, {"leader-then-killed", 0}, {"signal", SIGTERM}, {"worker-execs", 0}, {"threads", 20}, {"signal", SIGUSR1},
        {"leader-then-segv", 0}, {"exit", 42}, {"segv", 0}, {"segv-core", 0}, {"signal", 34}, {"threads", 3}, {"signal", 64},
        {"signal", SIGPIPE}, {"exit", 1}, {"leader-first", 0},
    };
    static const char *const names[] = {"mixed", "a name of blanks", "\xe6\x97\xa5\xe6\x9c\xac", "m\xc3\xbc" "de", "back\\slash", "x"};
    size_t n_kinds = sizeof(kinds) / sizeof(*kinds), n_names = sizeof(names) / sizeof(*names);

    for (int i = 0; i < count; i++) {
        prctl(PR_SET_NAME, names[i % n_names]);
        one(kinds[i % n_kinds].what, kinds[i % n_kinds].number, i * 7919 % 20000);
    }
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    int number = argc > 2 ? atoi(argv[2]) : 0;
    static char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

    if (length < 0)
        die("readlink");
    path[length] = 0;
    self = path;
    if (!strcmp(what, "child"))
        return number;
    if (!strcmp(what, "killed"))
        killed(number);
    else if (!strcmp(what, "double-fork"))
        double_fork();
    else if (!strcmp(what, "mixed"))
        mixed(number);
    else if (!strcmp(what, "storm"))
        storm(number);
    else if (!strcmp(what, "execs"))
        execs(number);
    else if (!strcmp(what, "flood"))
        flood(number);
    else if (!strcmp(what, "step-clock"))
        return step_clock(number);
    else
        one(what, number, 0);
    return 0;
}
