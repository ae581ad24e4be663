/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_USAGE_H
#define EXITBOX_USAGE_H

/* CPU, faults, switches and memory, against rusage. */

#include "cases.h"
#include "collected.h"

static void burn(void)
{
	__u64 until = now_ns(CLOCK_PROCESS_CPUTIME_ID) + 200000000;
	size_t bytes = 32 << 20;
	volatile char *memory = malloc(bytes);
	size_t i;

	for (i = 0; i < bytes; i += 4096)
		memory[i] = 1;
	free((void *)memory); /* the peak must be remembered */
	while (now_ns(CLOCK_PROCESS_CPUTIME_ID) < until)
		;
	usleep(1000);
	_exit(0);
}

static void *burn_thread(void *unused)
{
	burn();
	return unused;
}

/* The leader burns, leaves and waits as a zombie; the worker burns and ends the process. */
static void burn_twice(void)
{
	__u64 until = now_ns(CLOCK_PROCESS_CPUTIME_ID) + 200000000;
	pthread_t worker;

	while (now_ns(CLOCK_PROCESS_CPUTIME_ID) < until)
		;
	worker = thread(burn_thread, 0);
	(void)worker;
	syscall(SYS_exit, 0);
}

static bool near(double a, double b, double slack)
{
	return a - b <= slack && b - a <= slack;
}

static void test_usage_of(struct session *s, const char *what, void (*run)(void))
{
	struct rusage u;
	int status, records;
	pid_t pid = die_so(run, &status, &u);
	struct exit_record *r;
	double rusage_ms, cpu_ms, ticks_ms;
	bool emulated = getenv("NO_COST");

	drain(s);
	r = death_of(s, pid, &records);
	if (!r) {
		check(false, "usage: %s: no record", what);
		return;
	}
	rusage_ms = u.ru_utime.tv_sec * 1e3 + u.ru_utime.tv_usec / 1e3 + u.ru_stime.tv_sec * 1e3 + u.ru_stime.tv_usec / 1e3;
	cpu_ms = r->cpu_ns / 1e6;
	ticks_ms = (r->utime_ns + r->stime_ns) / 1e6;
	/* utime_ns and stime_ns are samples of the timer tick: on a loaded machine far off, so only their size is checked.
	   cpu_ns is a tick behind, which comes late on an emulated machine. */
	check(near(cpu_ms, rusage_ms, 10 + rusage_ms / 10) && ticks_ms > rusage_ms / (emulated ? 20 : 5) && ticks_ms < rusage_ms * 2,
	      "usage: %s: CPU rusage %.1f ms, cpu_ns %.1f, utime_ns + stime_ns %.1f, run_delay_ns %.1f", what, rusage_ms,
	      cpu_ms, ticks_ms, r->run_delay_ns / 1e6);
	check(near(r->minor_faults, u.ru_minflt, 4) && near(r->major_faults, u.ru_majflt, 0) &&
		      near(r->voluntary_switches, u.ru_nvcsw, 4) && near(r->involuntary_switches, u.ru_nivcsw, 4),
	      "usage: %s: faults %ld/%ld for %llu/%llu, switches %ld/%ld for %llu/%llu", what, u.ru_minflt, u.ru_majflt,
	      r->minor_faults, r->major_faults, u.ru_nvcsw, u.ru_nivcsw, r->voluntary_switches, r->involuntary_switches);
	check(near(r->max_rss_bytes / 1024.0, u.ru_maxrss, 2048), "usage: %s: peak RSS %ld kB for %llu", what, u.ru_maxrss,
	      r->max_rss_bytes / 1024);
}

static void test_usage(void)
{
	struct session *s = started(RING);

	test_usage_of(s, "one thread", burn);
	test_usage_of(s, "zombie leader and worker", burn_twice);
	close_session(s);
}

#endif
