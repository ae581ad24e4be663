// Lives and dies like a small server's night, squeezed into three quarters of a minute: bursts keep their rates, quiet hours are short.
// Used by bin/bench for what a death costs on disk.
//   cc -O2 -pthread night.c -o night; ./night [SHARE]      SHARE of each stretch, 1 unless given
// Every process is called night-NAME. Lives are exponential, names a Zipf distribution; some run threads, some another program.

#define _GNU_SOURCE
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Of a hundred: `failing` exit with a code other than 0, `killed` die of a signal, `threaded` run four threads.
static const struct stretch {
    const char *what;
    double seconds, rate, life_ms;
    int names, failing, killed, threaded;
} night[] = {
    {"health checks and cron", 6, 40, 20, 12, 4, 1, 0},
    {"a cron tick: short pipelines", 2, 900, 4, 30, 7, 2, 0},
    {"quiet", 4, 25, 20, 12, 4, 1, 0},
    {"a build, make -j", 8, 1800, 6, 60, 4, 0, 2},
    {"quiet", 3, 60, 15, 20, 5, 0, 0},
    {"its tests", 6, 1200, 8, 40, 13, 3, 1},
    {"a backup: find and xargs", 5, 2500, 2, 6, 1, 0, 0},
    {"quiet", 4, 30, 20, 12, 4, 1, 0},
    {"a crash loop", 4, 150, 5, 3, 70, 15, 0},
    {"a cron tick", 2, 900, 4, 30, 7, 2, 0},
};

static uint64_t state = 0x9E3779B97F4A7C15;

static double lot(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state >> 11) / 9007199254740992.0;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void pause_for(double seconds)
{
    nanosleep(&(struct timespec){(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)}, NULL);
}

static void *work(void *unused)
{
    pause_for(0.001);
    return unused;
}

static void live(const struct stretch *now)
{
    char name[24], *memory;
    int chosen = 1;
    double zipf = 0, life = -log(1 - lot()) * now->life_ms / 1000, kind = lot() * 100;
    size_t pages = 1 + (size_t)(-log(1 - lot()) * 60);

    for (int i = 1; i <= now->names; i++)
        zipf += 1.0 / i;
    for (double share = lot() * zipf; chosen < now->names && (share -= 1.0 / chosen) >= 0;)
        chosen++;
    snprintf(name, sizeof name, "night-%d", chosen);
    prctl(PR_SET_NAME, name);
    memory = malloc(pages * 4096);
    memset(memory, 1, pages * 4096);
    if (lot() * 100 < now->threaded) {
        pthread_t threads[4];
        for (int i = 0; i < 4; i++)
            pthread_create(&threads[i], NULL, work, NULL);
        for (int i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
    }
    pause_for(life);
    if (kind < now->killed)
        raise(lot() < 0.5 ? SIGTERM : SIGKILL);
    _exit(kind < now->killed + now->failing ? 1 + (lot() < 0.1) * 126 : 0);
}

int main(int argc, char **argv)
{
    double share = argc > 1 ? atof(argv[1]) : 1, begin = now();
    unsigned long made = 0, alive = 0;

    for (size_t s = 0; s < sizeof night / sizeof *night; s++) {
        double start = now();
        unsigned long due = 0;
        while (now() - start < night[s].seconds * share) {
            double early = start + due / night[s].rate - now();
            if (early > 0)
                pause_for(early);
            lot();
            pid_t child = fork();
            if (child == 0)
                live(&night[s]);
            if (child < 0) {
                perror("night");
                return 1;
            }
            made++, due++, alive++;
            while (waitpid(-1, NULL, WNOHANG) > 0)
                alive--;
        }
    }
    for (; alive > 0; alive--)
        wait(NULL);
    printf("%lu deaths in %.2f s\n", made, now() - begin);
    return 0;
}
