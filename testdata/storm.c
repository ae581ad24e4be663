// Makes an exactly known number of process deaths, and says how many. Used by bin/bench and tests.
//   cc -O2 storm.c -o storm; ./storm -r 5000 -s 30      5,000 deaths a second for 30 seconds
//                            ./storm -r 0 -n 1000000    a million, as fast as two spawners can
//                            ./storm -e -s 20           each executes this program anew, which exits 0
// Every child is called storm-NAME, NAME one of 40 in a Zipf distribution; of a hundred, 84 exit 0, 8 exit 1, 2 exit 2,
// 1 exits 127, 3 die of SIGTERM and 2 of SIGKILL.

#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NAMES 40

static int executes;

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static uint64_t random_below(uint64_t *state, uint64_t bound)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state % bound;
}

static int zipf(uint64_t *state)
{
    double total = 0, chosen;
    for (int i = 1; i <= NAMES; i++)
        total += 1.0 / i;
    chosen = total * random_below(state, 1000000) / 1e6;
    for (int i = 1; i <= NAMES; i++)
        if ((chosen -= 1.0 / i) < 0)
            return i;
    return NAMES;
}

static void die(uint64_t *state)
{
    int lot = random_below(state, 100);
    char name[16];

    if (executes) {
        execl("/proc/self/exe", "storm", "-x", NULL);
        _exit(126);
    }

    snprintf(name, sizeof name, "storm-%d", zipf(state));
    prctl(PR_SET_NAME, name);
    if (lot < 2)
        kill(getpid(), SIGKILL);
    if (lot < 5)
        kill(getpid(), SIGTERM);
    _exit(lot < 6 ? 127 : lot < 8 ? 2 : lot < 16 ? 1 : 0);
}

static uint64_t spawn(int number, double rate, double seconds, uint64_t count)
{
    static uint64_t state, made;
    uint64_t start = now_ns();

    state = 0x9E3779B97F4A7C15 * (number + 1);

    while ((count == 0 || made < count) && (seconds == 0 || now_ns() - start < seconds * 1e9)) {
        if (rate > 0) {
            int64_t early = start + (uint64_t)(made * 1e9 / rate) - now_ns();
            if (early > 1000000)
                nanosleep(&(struct timespec){early / 1000000000, early % 1000000000}, NULL);
        }
        random_below(&state, 2);
        // vfork: the child runs in this process's memory until it dies, which makes it as cheap as a process can be.
        pid_t child = vfork();
        if (child == 0)
            die(&state);
        if (child < 0 || waitpid(child, NULL, 0) != child) {
            perror("storm");
            exit(1);
        }
        made++;
    }
    return made;
}

int main(int argc, char **argv)
{
    double rate = 0, seconds = 0;
    uint64_t count = 0;
    int spawners = 2, option;

    while ((option = getopt(argc, argv, "er:s:n:p:x")) != -1)
        switch (option) {
        case 'x': return 0;
        case 'e': executes = 1; break;
        case 'r': rate = atof(optarg); break;
        case 's': seconds = atof(optarg); break;
        case 'n': count = strtoull(optarg, NULL, 10); break;
        case 'p': spawners = atoi(optarg); break;
        default: fprintf(stderr, "usage: storm [-e] [-r RATE] [-s SECONDS] [-n COUNT] [-p SPAWNERS]\n"); return 2;
        }
    uint64_t *made = mmap(NULL, spawners * sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    uint64_t start = now_ns(), total = 0;

    for (int i = 0; i < spawners; i++)
        if (fork() == 0) {
            made[i] = spawn(i, rate / spawners, seconds, count / spawners);
            _exit(0);
        }
    while (wait(NULL) > 0)
        ;
    for (int i = 0; i < spawners; i++)
        total += made[i];
    double took = (now_ns() - start) / 1e9;
    printf("%llu deaths in %.2f s, %.0f/s\n", (unsigned long long)total, took, total / took);
    return 0;
}
