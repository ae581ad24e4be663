/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_FILTERS_H
#define EXITBOX_FILTERS_H

/* Options that choose which deaths are recorded. */

#include "cases.h"
#include "collected.h"

static void four_threads(void)
{
	int i;

	for (i = 0; i < 3; i++)
		pthread_join(thread(short_thread, 0), NULL);
	_exit(0);
}

static void test_filters(void)
{
	struct thread_exit_record *leader;
	struct exit_record *r = NULL;
	struct session *s;
	int status, records, others = 0, pipes[2];
	pid_t pid, wanted;

	s = opened();
	options_of(s)->threads = 1;
	start(s, RING);
	pid = die_so(four_threads, &status, NULL);
	drain(s);
	others = thread_exits_of(s, pid, &leader);
	/* pthread_join returns before the tracepoint of older kernels: the worker can still see the process dead. */
	death_of(s, pid, &records);
	check(others + records == 4 && (records == 1 || (live() && records)),
	      "threads: %d thread_exits and %d exit of a process with 3 workers", others, records);
	others = 0;
	finish(s, "threads");
	close_session(s);

	s = opened();
	options_of(s)->failed_only = 1;
	start(s, RING);
	pid = die_so(exit_0, &status, NULL);
	wanted = die_so(exit_3, &status, NULL);
	drain(s);
	while ((r = next_record(s, TABLE_EXITS, r)))
		others += !r->status;
	check(!others && !death_of(s, pid, &records) && death_of(s, wanted, &records), "failed_only: exit 3 but no exit 0");
	finish(s, "failed_only");
	close_session(s);

	if (pipe(pipes))
		die("pipe");
	wanted = fork();
	if (!wanted) {
		char byte;

		_exit(read(pipes[0], &byte, 1) == 1 ? 4 : 5);
	}
	s = opened();
	options_of(s)->pid = wanted;
	start(s, RING);
	die_so(exit_3, &status, NULL);
	if (write(pipes[1], "", 1) != 1)
		die("write");
	waitpid(wanted, &status, 0);
	drain(s);
	for (others = 0; (r = next_record(s, TABLE_EXITS, r));)
		others += r->pid != (unsigned)wanted;
	check(!others && death_of(s, wanted, &records), "pid: that one only");
	finish(s, "pid");
	close_session(s);

	s = opened();
	options_of(s)->uid = 4321;
	start(s, RING);
	die_so(exit_3, &status, NULL);
	wanted = fork();
	if (!wanted)
		_exit(setuid(4321) ? 1 : 6);
	waitpid(wanted, &status, 0);
	drain(s);
	for (others = 0; (r = next_record(s, TABLE_EXITS, r));)
		others += r->uid != 4321;
	check(!others && death_of(s, wanted, &records), "uid: that one only");
	finish(s, "uid");
	close_session(s);
}

#endif
