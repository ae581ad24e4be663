/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_FORK_H
#define EXITBOX_FORK_H

static __always_inline int task_created(struct task_struct *task, __u64 clone_flags)
{
	struct counter *counter = counter_of(TABLE_FORKS);
	struct task_struct *leader = task->group_leader;
	struct task_struct *parent = leader->real_parent->group_leader;
	const struct cred *cred = task->real_cred;
	struct cgroups cgroups = cgroups_of(task);
	__u64 creator = bpf_get_current_pid_tgid();
	struct fork_record *record;

	if (!counter)
		return 0;
	count(&counter->seen);
	follow_child(creator >> 32, task, clone_flags & CLONE_THREAD);
	if ((clone_flags & CLONE_THREAD && !options.threads) || !is_followed(task)) {
		count(&counter->filtered);
		return 0;
	}
	name_cgroup_of(&cgroups, RING_EVENTS, TABLE_FORKS);
	record = reserve(struct fork_record, RING_EVENTS, TABLE_FORKS, counter);
	if (!record)
		return 0;
	record->pid = task->tgid;
	record->tid = task->pid;
	record->ppid = parent->tgid;
	record->uid = cred->uid.val;
	record->start_mono_ns = leader->start_time;
	record->start_boot_ns = leader->start_boottime;
	record->parent_start_boot_ns = parent->start_boottime;
	copy_16(record->comm, task->comm);
	copy_16(record->parent_comm, parent->comm);
	/* As clone(2) has it; the kernel keeps the signal of a process's end apart, and threads have none. */
	record->clone_flags = clone_flags | (clone_flags & CLONE_THREAD ? 0 : task->exit_signal & CSIGNAL);
	record->creator_pid = creator >> 32;
	record->creator_tid = (__u32)creator;
	record->cgroup_id = cgroup_id_of(&cgroups);
	submit(record, RING_EVENTS);
	return 0;
}

#endif
