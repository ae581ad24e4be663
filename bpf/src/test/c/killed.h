/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_KILLED_H
#define EXITBOX_KILLED_H

/* Who killed it, against the truth of kills.h; and the signals that were sent. */

#include "collected.h"
#include "kills.h"

static struct signal_record *signal_of(struct session *s, pid_t pid, int signal, pid_t sender)
{
	struct signal_record *r = NULL;

	while ((r = next_record(s, TABLE_SIGNALS, r)))
		if (r->pid == (__u32)pid && r->signal == signal && (!sender || r->current_pid == (__u32)sender))
			return r;
	return NULL;
}

static bool is_died_of(const struct kill_case *c, const struct truth *t)
{
	return t->status > 0 && (WIFSIGNALED(t->status) || c->run == k_exit_in_handler);
}

/* Whether the sender's identity is that of a process that died in this session, or of one that still lives. */
static bool is_killer(struct session *s, const struct exit_record *r, pid_t killer)
{
	int records;
	struct exit_record *death = death_of(s, killer, &records);

	return r->killer_pid == (__u32)killer && r->killer_uid == getuid() && !strcmp(r->killer_comm, "check") &&
	       (!death || death->start_boot_ns == r->killer_start_boot_ns) && r->killer_start_boot_ns;
}

/* NULL when all is right, else what is wrong. */
static const char *judge(struct session *s, const struct kill_case *c, const struct truth *t)
{
	int records, signal = t->status & 0x7f;
	struct exit_record *r = death_of(s, t->victim, &records);
	struct signal_record *row;
	bool unsent = r && r->cause == CAUSE_SECCOMP && !(r->flags & EXIT_SIGNALLED); /* before 5.16 */

	if (!r)
		return "no record";
	if (!is_died_of(c, t) || r->status != (__u32)t->status)
		return "status";
	if (r->cause != t->cause)
		return "cause";
	if (!(r->flags & EXIT_SIGNALLED) != (!signal || unsent))
		return "EXIT_SIGNALLED";
	if (r->parent_start_boot_ns == 0 || strcmp(r->parent_comm, r->ppid == 1 ? r->parent_comm : "check"))
		return "parent";
	if (!!(r->flags & EXIT_KILLER) != (t->killer != NOBODY))
		return "EXIT_KILLER";
	if (t->killer && !is_killer(s, r, t->killer))
		return "killer";
	if (!t->killer && (r->killer_pid || r->killer_start_boot_ns || r->killer_comm[0]))
		return "a killer where there is none";
	if (r->killer_si_code != t->si_code && !unsent)
		return "si_code";
	if (!!(r->flags & EXIT_FAULT_ADDR) != t->has_address ||
	    (t->has_address && t->address != ANY_ADDRESS && r->fault_addr != t->address))
		return "fault_addr";
	if (!signal || unsent)
		return NULL;
	if (r->killer_boot_ns <= r->start_boot_ns || r->killer_boot_ns > r->header.boot_ns)
		return "killer_boot_ns";
	row = signal_of(s, t->victim, signal, t->killer);
	if (row && r->cause == CAUSE_OOM && row->cause == CAUSE_KERNEL) /* before 6.12 or without a v1 controller: known at the death only */
		return NULL;
	if (!row && c->run == k_realtime) /* dooms, so it is told too */
		return "no row of the signal";
	if (row && (row->cause != r->cause || row->start_boot_ns != r->start_boot_ns ||
		    !!(row->flags & SIGNAL_SENDER) != (t->killer != NOBODY)))
		return "row of the signal";
	return NULL;
}

static void print_death(struct session *s, const struct truth *t)
{
	int records;
	struct exit_record *r = death_of(s, t->victim, &records);

	if (r)
		printf("     waitpid %#x, status %#x, cause %s for %s, flags %#x, killer %u %.16s for %d, si_code %d for %d, address %#llx for %#llx\n",
		       t->status, r->status, causes[r->cause], causes[t->cause], r->flags, r->killer_pid, r->killer_comm, t->killer,
		       r->killer_si_code, t->si_code, r->fault_addr, t->address);
}

/* How often cheap cases run, and dear ones: CHECK_REPEAT=100 takes some minutes. */
static int repeats(enum price price)
{
	const char *all = getenv("CHECK_REPEAT");

	return all ? atoi(all) : price == CHEAP ? 100 : 1;
}

/* `further` asks more of a death that is right so far. */
static void test_kill(struct session *s, const struct kill_case *c, const char *(*further)(struct session *, const struct truth *))
{
	int i, right = 0, runs = repeats(c->price);
	const char *wrong = NULL, *now;

	for (i = 0; i < runs; i++) {
		struct truth t = {};

		c->run(&t);
		if (t.killer == SKIPPED) {
			printf("skip killed: %s: not on this machine\n", c->name);
			return;
		}
		drain(s);
		now = judge(s, c, &t);
		if (!now && further)
			now = further(s, &t);
		if (now && !wrong)
			print_death(s, &t);
		wrong = now ? now : wrong;
		right += !now;
		s->used = 0; /* PIDs may come again */
	}
	check(right == runs, "killed: %s: %d of %d right%s%s", c->name, right, runs, wrong ? ", wrong: " : "", wrong ? wrong : "");
}

static void test_kills(void)
{
	struct session *s = opened_with("signal");
	unsigned i;

	start(s, RING);
	limit_core(0);
	for (i = 0; i < sizeof(kill_cases) / sizeof(*kill_cases); i++)
		test_kill(s, &kill_cases[i], NULL);
	finish(s, "killed");
	close_session(s);
}

#endif
