// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)

/*
 * Proves the BPF programs on the running kernel. One line per claim; 1 when one fails.
 * usage: check OBJECT [EXIT_PROGRAM] (without: the one this kernel should have)
 *        check deaths COUNT          (only dies, and prints how)
 * In the environment: CHECK_ONLY the names of tests, CHECK_REPEAT how often ways to be killed and to exec are run.
 * Other processes may come and go meanwhile: claims are about our own, and about balances.
 */

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>

#include "collected.h"
#include "cases.h"
#include "statuses.h"
#include "identity.h"
#include "usage.h"
#include "filters.h"
#include "cgroups.h"
#include "rings.h"
#include "killed.h"
#include "ooms.h"
#include "execs.h"
#include "exec_failed.h"
#include "forks.h"
#include "tasks.h"
#include "costs.h"

/* As the recorder chooses, by BTF alone. */
static const char *best_hook(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	const struct btf_type *type;
	int id;

	if (!btf)
		die("no BTF in this kernel");
	id = btf__find_by_name_kind(btf, "btf_trace_sched_process_exit", BTF_KIND_TYPEDEF);
	if (id > 0) {
		type = btf__type_by_id(btf, btf__type_by_id(btf, id)->type); /* typedef -> pointer */
		type = btf__type_by_id(btf, type->type);
		if (btf_is_func_proto(type) && btf_vlen(type) == 3)
			return "exit_group_dead";
	}
	return btf__find_by_name_kind(btf, "taskstats_exit", BTF_KIND_FUNC) > 0 ? "exit_taskstats" : "exit_live";
}

/* For a recorder under test: dies in each way, then `count` times with two threads; prints pid, wait status, way. */
static int print_deaths(int count)
{
	int i, status, ways = sizeof(deaths) / sizeof(*deaths);
	pid_t pid;

	for (i = 0; i < ways + count; i++) {
		pid = die_so(i < ways ? deaths[i].run : two_threads[i % 4], &status, NULL);
		printf("%d\t%d\t%s\n", pid, status, i < ways ? deaths[i].name : "2 threads, SIGKILL, again");
	}
	return 0;
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "statuses", test_statuses },
	{ "1000", test_1000_killed },
	{ "identity", test_identity },
	{ "terminal", test_terminal },
	{ "usage", test_usage },
	{ "filters", test_filters },
	{ "cgroups", test_cgroups },
	{ "ring", test_small_ring },
	{ "wake", test_wake },
	{ "heartbeat", test_heartbeat },
	{ "kills", test_kills },
	{ "ooms", test_ooms },
	{ "execs", test_execs },
	{ "failed", test_failed_execs },
	{ "forks", test_forks },
	{ "tree", test_tree },
	{ "adoption", test_adoption },
	{ "tasks", test_tasks },
	{ "costs", print_costs },
};

int main(int argc, char **argv)
{
	char folder[] = "/tmp/exitbox-check-XXXXXX", remove[64];
	const char *only = getenv("CHECK_ONLY");
	unsigned i;

	if (argc >= 3 && !strcmp(argv[1], "die")) /* what our children exec */
		_exit(atoi(argv[2]));
	if (argc >= 3 && !strcmp(argv[1], "wait")) {
		(void)!write(3, "", 1);
		pause_thread(NULL);
	}
	if (argc >= 3 && !strcmp(argv[1], "die-9"))
		_exit(9);
	if (argc == 3 && !strcmp(argv[1], "deaths"))
		return print_deaths(atoi(argv[2]));
	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: check OBJECT [EXIT_PROGRAM] | check deaths COUNT\n");
		return 2;
	}
	if (readlink("/proc/self/exe", self_path, sizeof(self_path) - 1) < 0)
		die("/proc/self/exe");
	object_path = realpath(argv[1], NULL);
	nothing_ignored();
	hook = argc > 2 ? argv[2] : best_hook();
	if (!object_path || !mkdtemp(folder) || chdir(folder)) /* cores go there */
		die(argv[1]);
	for (i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		if (!only || strstr(only, tests[i].name))
			tests[i].run();
	snprintf(remove, sizeof(remove), "rm -r %s", folder);
	if (chdir("/") || system(remove))
		die(folder);
	printf("%s: %d failed\n", hook, failures);
	return failures != 0;
}
