/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_COSTS_H
#define EXITBOX_COSTS_H

/* Printed, not asserted: what the programs cost, by the kernel's own measure. */

#include "cases.h"
#include "collected.h"
#include "execs.h"

/* Printed, not asserted: what one run costs, by the kernel's own measure. */
static void print_cost(const char *what, void (*run)(void))
{
	struct session *s = started(16 << 20);
	struct bpf_prog_info info = {};
	__u32 length = sizeof(info);
	int i, status, stats = bpf_enable_stats(BPF_STATS_RUN_TIME);

	for (i = 0; i < 5000; i++)
		die_so(run, &status, NULL);
	bpf_obj_get_info_by_fd(bpf_program__fd(exit_program(s)), &info, &length);
	printf("cost %s: %.0f ns per run, %llu runs, %llu missed\n", what,
	       info.run_cnt ? (double)info.run_time_ns / info.run_cnt : 0, info.run_cnt, info.recursion_misses);
	close(stats);
	finish(s, what);
	close_session(s);
}

/* What `lives` forks, execs and exits cost by program; other processes' events count too, so per run. */
static void print_life(const char *programs, int lives)
{
	struct session *s = opened_with(programs);
	struct bpf_program *program;
	int i, status, stats;

	start(s, 16 << 20);
	stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	for (i = 0; i < lives; i++) {
		pid_t pid = vfork();

		if (!pid) {
			execv(self_path, (char *const[]){ "some name", "die", "3", NULL });
			_exit(1);
		}
		waitpid(pid, &status, 0);
	}
	detach(s);
	close(stats);
	bpf_object__for_each_program(program, s->object) {
		struct bpf_prog_info info = {};
		__u32 length = sizeof(info);

		if (!is_attached(s, bpf_program__name(program)))
			continue;
		bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &length);
		if (info.run_cnt)
			printf("cost %s: %.0f ns per run, %llu runs in %d lives, %llu missed\n", bpf_program__name(program),
			       (double)info.run_time_ns / info.run_cnt, info.run_cnt, lives, info.recursion_misses);
	}
	close_session(s);
}

static void print_costs(void)
{
	if (getenv("NO_COST")) /* it means nothing on an emulated machine */
		return;
	print_life("exec rename fork signal oom", 1000);
	print_life("runq exec_failed", 200);
	print_cost("one thread, exit 3", exit_3);
	print_cost("two threads killed", two_threads_killed);
}

#endif
