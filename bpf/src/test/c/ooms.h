/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_OOMS_H
#define EXITBOX_OOMS_H

/* Deaths by the OOM killer: that it was the one, and for whose allocation. */

#include "collected.h"
#include "groups.h"
#include "killed.h"
#include "usage.h"

/* A process the OOM killer chooses is marked, and only that. */
static void test_oom(void)
{
	struct session *s = started(RING);
	struct exit_record *r, *other;
	int status, records;
	char group[256];
	pid_t pid, bystander;

	if (!limited_group(group, sizeof(group), "oom")) {
		printf("skip OOM: memory cannot be limited here\n");
	} else {
		bystander = die_so(killed, &status, NULL);
		pid = fork();
		if (!pid) {
			enter(group);
			burn();
		}
		waitpid(pid, &status, 0);
		drain(s);
		r = death_of(s, pid, &records);
		other = death_of(s, bystander, &records);
		check(r && other && status == SIGKILL && r->status == SIGKILL && r->flags == EXIT_OOM_VICTIM && !other->flags,
		      "OOM: waitpid %#x, recorded %#x, flags %#x", status, r ? r->status : ~0U, r ? r->flags : ~0U);
	}
	finish(s, "OOM");
	close_session(s);
	remove_group(group);
}

/* NULL when the row of `ooms` says the same as the death, else what is wrong. */
static const char *judge_oom(struct session *s, const struct truth *t)
{
	struct oom_record *victim = NULL, *row = NULL;
	int records;
	struct exit_record *r = death_of(s, t->victim, &records);

	while ((victim = next_record(s, TABLE_OOMS, victim)))
		if (victim->pid == (__u32)t->victim)
			row = victim;
	if (r->flags != (EXIT_OOM_VICTIM | EXIT_SIGNALLED | EXIT_KILLER))
		return "flags";
	if (!row)
		return "no row in ooms";
	if (row->start_boot_ns != r->start_boot_ns || row->cgroup_id != r->cgroup_id || strcmp(row->comm, "check") || row->uid != r->uid)
		return "victim";
	if (row->trigger_pid != r->killer_pid || strcmp(row->trigger_comm, "check") || row->trigger_start_boot_ns != r->killer_start_boot_ns)
		return "trigger";
	if (row->anon_rss_bytes != UNKNOWN64 && ((row->memcg != 1 && row->memcg != UNKNOWN32) || row->anon_rss_bytes < (4 << 20) ||
						 row->total_vm_bytes < row->anon_rss_bytes || !row->pgtables_bytes)) {
		printf("     memcg %u, total_vm %llu, anon %llu, file %llu, pgtables %llu\n", row->memcg, row->total_vm_bytes,
		       row->anon_rss_bytes, row->file_rss_bytes, row->pgtables_bytes);
		return "sizes";
	}
	return NULL;
}

static void test_oom_rows(void)
{
	struct session *s = opened_with("signal oom");
	unsigned i;

	start(s, RING);
	for (i = 0; i < sizeof(kill_cases) / sizeof(*kill_cases); i++)
		if (kill_cases[i].run == k_oom_own || kill_cases[i].run == k_oom_other)
			test_kill(s, &kill_cases[i], judge_oom);
	finish(s, "OOM kills");
	close_session(s);
}

static void test_ooms(void)
{
	test_oom();
	test_oom_rows();
}

#endif
