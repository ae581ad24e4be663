/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_OOMS_H
#define EXITBOX_OOMS_H

/* Deaths by the OOM killer: that it was the one, and for whose allocation. */

#include "collected.h"
#include "groups.h"
#include "kill.h"
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

static void hold(size_t bytes)
{
	volatile char *memory = malloc(bytes);
	size_t i;

	for (i = 0; i < bytes; i += 4096)
		memory[i] = 1;
}

/*
 * One process takes more than there is; the kernel kills it, or a larger one in its place: `other`. Either way the one
 * whose allocation ran out is the killer. NULL when all is right.
 */
static const char *judge_oom(struct session *s, const char *group, bool other)
{
	struct exit_record *r;
	struct oom_record *victim = NULL, *row = NULL;
	pid_t large = 0, trigger, killed;
	int status, records, pipes[2];
	char byte;

	if (pipe(pipes))
		die("pipe");
	if (other) {
		large = fork();
		if (!large) {
			enter(group);
			hold(6 << 20);
			if (write(pipes[1], "", 1) != 1)
				_exit(1);
			pause_thread(NULL);
		}
		if (read(pipes[0], &byte, 1) != 1)
			die("large");
	}
	trigger = fork();
	if (!trigger) {
		enter(group);
		hold(other ? 5 << 20 : 32 << 20);
		_exit(0);
	}
	close(pipes[0]);
	close(pipes[1]);
	killed = other ? large : trigger;
	waitpid(killed, &status, 0);
	if (other)
		waitpid(trigger, NULL, 0);
	drain(s);
	r = death_of(s, killed, &records);
	while ((victim = next_record(s, TABLE_OOMS, victim)))
		if (victim->pid == (__u32)killed)
			row = victim;
	if (!r || status != SIGKILL || r->status != SIGKILL)
		return "no record";
	if (r->cause != CAUSE_OOM || r->flags != (EXIT_OOM_VICTIM | EXIT_SIGNALLED | EXIT_KILLER))
		return "cause";
	if (r->killer_pid != (__u32)trigger || strcmp(r->killer_comm, "check"))
		return "killer";
	if (!row)
		return "no row in ooms";
	if (row->start_boot_ns != r->start_boot_ns || row->cgroup_id != r->cgroup_id || strcmp(row->comm, "check") || row->uid != r->uid)
		return "victim";
	if (row->trigger_pid != (__u32)trigger || strcmp(row->trigger_comm, "check") || row->trigger_start_boot_ns != r->killer_start_boot_ns)
		return "trigger";
	if (row->anon_rss_bytes != UNKNOWN64 && ((row->memcg != 1 && row->memcg != UNKNOWN32) || row->anon_rss_bytes < (4 << 20) ||
						 row->total_vm_bytes < row->anon_rss_bytes || !row->pgtables_bytes)) {
		printf("     memcg %u, total_vm %llu, anon %llu, file %llu, pgtables %llu\n", row->memcg, row->total_vm_bytes,
		       row->anon_rss_bytes, row->file_rss_bytes, row->pgtables_bytes);
		return "sizes";
	}
	return NULL;
}

static void test_oom_kills(void)
{
	struct session *s = opened_with("signal oom");
	int i, right = 0, runs = getenv("CHECK_REPEAT") ? atoi(getenv("CHECK_REPEAT")) : 20;
	const char *wrong = NULL;
	char group[256];

	start(s, RING);
	if (!limited_group(group, sizeof(group), "oom-kills")) {
		printf("skip OOM kills: memory cannot be limited here\n");
		runs = 0;
	}
	for (i = 0; i < runs; i++) {
		const char *now = judge_oom(s, group, i % 2);

		wrong = now ? now : wrong;
		right += !now;
		s->used = 0;
	}
	if (runs)
		check(right == runs, "killed: OOM, by its own or another's allocation: %d of %d right%s%s", right, runs,
		      wrong ? ", wrong: " : "", wrong ? wrong : "");
	finish(s, "OOM kills");
	close_session(s);
	remove_group(group);
}

static void test_ooms(void)
{
	test_oom();
	test_oom_kills();
}

#endif
