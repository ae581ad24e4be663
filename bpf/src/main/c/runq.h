/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_RUNQ_H
#define EXITBOX_RUNQ_H

/*
 * The scheduler keeps when a thread was queued and clears it just behind this tracepoint; the clock of its run queue
 * was read just before. So one hook tells what takes two otherwise, wake-up and switch. Waits that are shorter than
 * asked for are no events and not counted.
 */
static __always_inline int thread_switched(struct task_struct *prev, struct task_struct *next)
{
	struct task_struct *leader;
	struct runq_record *record;
	struct cgroups cgroups;
	struct counter *counter;
	__u64 queued, waited;

	if (!bpf_core_field_exists(next->se.cfs_rq) || !bpf_core_field_exists(next->sched_info.last_queued))
		return 0;
	queued = next->sched_info.last_queued;
	if (!queued)
		return 0;
	waited = next->se.cfs_rq->rq->clock - queued;
	if ((__s64)waited < 0 || waited < options.runq_min_ns)
		return 0;
	counter = counter_of(TABLE_RUNQS);
	if (!counter)
		return 0;
	count(&counter->seen);
	if (!is_followed(next)) {
		count(&counter->filtered);
		return 0;
	}
	cgroups = cgroups_of(next);
	name_cgroup_of(&cgroups, RING_EVENTS, TABLE_RUNQS);
	record = reserve(struct runq_record, RING_EVENTS, TABLE_RUNQS, counter);
	if (!record)
		return 0;
	leader = next->group_leader;
	record->pid = next->tgid;
	record->tid = next->pid;
	record->start_mono_ns = leader->start_time;
	record->start_boot_ns = leader->start_boottime;
	copy_16(record->comm, next->comm);
	record->waited_ns = waited;
	record->uid = next->real_cred->uid.val;
	record->prev_pid = prev->tgid;
	record->prev_tid = prev->pid;
	record->reserved = 0;
	copy_16(record->prev_comm, prev->comm);
	record->cgroup_id = cgroup_id_of(&cgroups);
	/* Never a wake-up from here: the run queue is locked. */
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	return 0;
}

#endif
