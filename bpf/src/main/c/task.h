/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_TASK_H
#define EXITBOX_TASK_H

/*
 * Reads of a dying task, all of them direct loads of typed pointers: a fifth of the price of probe reads.
 * Such a load from NULL or unmapped memory gives 0, so a chain needs no tests on the way.
 */

#define copy_16(to, from)                                                                                              \
	do {                                                                                                           \
		((__u64 *)(to))[0] = ((const __u64 *)(from))[0];                                                       \
		((__u64 *)(to))[1] = ((const __u64 *)(from))[1];                                                       \
	} while (0)

static __always_inline __u32 loginuid_of(struct task_struct *task)
{
	return bpf_core_field_exists(task->loginuid) ? task->loginuid.val : UNKNOWN32;
}

/* A dying task and the pointers through which it is read, loaded at once: see struct cgroups. */
struct dying {
	struct task_struct *task;
	struct task_struct *leader;
	struct task_struct *parent; /* the leader of the leader's parent */
	struct signal_struct *signal;
	const struct cred *cred;
	struct nsproxy *nsproxy;
	struct mm_struct *mm;
	struct cgroups cgroups;
};

static __always_inline struct dying dying_of(struct task_struct *task)
{
	struct task_struct *leader = task->group_leader;

	return (struct dying){
		.task = task,
		.leader = leader,
		.parent = leader->real_parent->group_leader,
		.signal = task->signal,
		.cred = task->real_cred,
		.nsproxy = task->nsproxy,
		.mm = task->mm,
		.cgroups = cgroups_of(task),
	};
}

static __always_inline __u32 exit_flags(struct task_struct *task, struct signal_struct *signal)
{
	return (task->flags & PF_KTHREAD ? EXIT_KTHREAD : 0) | (signal->oom_mm ? EXIT_OOM_VICTIM : 0);
}

/*
 * The word waitpid(2) reports (wait_task_zombie in kernel/exit.c), true only when the last thread is dying.
 * Not the leader's exit_code: that thread can have left long before, and only the group's word has the core bit
 * when a worker crashed.
 */
static __always_inline __u32 status_of(const struct dying *dying)
{
	struct signal_struct *signal = dying->signal;

	return signal->flags & SIGNAL_GROUP_EXIT ? signal->group_exit_code : dying->leader->exit_code;
}

/* The peak of this image; from exec on, unlike signal->maxrss. 0 for kernel threads. */
static __always_inline __u64 max_rss_bytes(const struct dying *dying)
{
	struct mm_struct___before_6_2 *old;
	struct mm_struct *mm = dying->mm;
	__s64 counts[NR_MM_COUNTERS];
	__s64 pages, now;

	if (!mm) /* a kernel thread, or the tracepoint of older kernels, behind exit_mm */
		return (__u64)dying->signal->maxrss * options.page_bytes;
	old = (struct mm_struct___before_6_2 *)mm;
	if (bpf_core_field_exists(old->rss_stat.count)) {
		/* Unavoidable: older verifiers see no struct behind an array of a typedef ("atomic_long_t is not a struct"). */
		if (bpf_core_read(counts, sizeof(counts), &old->rss_stat.count))
			return UNKNOWN64;
		now = counts[MM_FILEPAGES] + counts[MM_ANONPAGES] + counts[MM_SHMEMPAGES];
	} else {
		now = mm->rss_stat[MM_FILEPAGES].count + mm->rss_stat[MM_ANONPAGES].count +
		      mm->rss_stat[MM_SHMEMPAGES].count;
	}
	pages = mm->hiwater_rss;
	if (now > pages)
		pages = now;
	return (__u64)pages * options.page_bytes;
}

/* The process's number and namespace as it sees itself; without containers that is level 0. */
static __always_inline void fill_pid_ns(struct exit_record *record, struct signal_struct *signal)
{
	struct pid *pid = signal->pids[PIDTYPE_TGID];
	struct upid inner;

	if (!pid->level) {
		record->ns_pid = pid->numbers[0].nr;
		record->pid_ns = pid->numbers[0].ns->ns.inum;
		return;
	}
	/* Unavoidable: the verifier takes no variable index into a kernel array. */
	if (bpf_core_read(&inner, sizeof(inner), (char *)pid->numbers + pid->level * bpf_core_type_size(struct upid))) {
		record->ns_pid = UNKNOWN32;
		record->pid_ns = UNKNOWN32;
		return;
	}
	record->ns_pid = inner.nr;
	record->pid_ns = BPF_CORE_READ(inner.ns, ns.inum);
}

static __always_inline void fill_identity(struct exit_record *record, const struct dying *dying)
{
	struct task_struct *task = dying->task, *leader = dying->leader, *parent = dying->parent;
	struct signal_struct *signal = dying->signal;
	struct nsproxy *nsproxy = dying->nsproxy;
	struct tty_struct *tty = signal->tty;

	record->pid = task->tgid;
	record->tid = task->pid;
	record->ppid = parent->tgid;
	record->parent_start_boot_ns = parent->start_boottime;
	copy_16(record->parent_comm, parent->comm);
	record->uid = dying->cred->uid.val;
	record->gid = dying->cred->gid.val;
	record->start_mono_ns = leader->start_time;
	record->start_boot_ns = leader->start_boottime;
	record->thread_start_mono_ns = task->start_time;
	record->thread_start_boot_ns = task->start_boottime;
	copy_16(record->comm, leader->comm);
	copy_16(record->last_comm, task->comm);
	if (tty)
		copy_16(record->tty, tty->name);
	else
		__builtin_memset(record->tty, 0, sizeof(record->tty));
	record->loginuid = loginuid_of(task);
	record->audit_session = bpf_core_field_exists(task->sessionid) ? task->sessionid : UNKNOWN32;
	record->sid = signal->pids[PIDTYPE_SID]->numbers[0].nr;
	record->pgid = signal->pids[PIDTYPE_PGID]->numbers[0].nr;
	record->mnt_ns = nsproxy ? nsproxy->mnt_ns->ns.inum : UNKNOWN32;
	fill_pid_ns(record, signal);
}

/*
 * What the process used: threads that are reaped are in signal's totals, the dying one is not yet, nor is a leader
 * that left before and waits as a zombie for its parent.
 */
static __always_inline void fill_usage(struct exit_record *record, const struct dying *dying)
{
	struct task_struct *task = dying->task, *leader = dying->leader;
	struct signal_struct *signal = dying->signal;
	bool io = bpf_core_field_exists(task->ioac);

	record->threads = signal->nr_threads;
	record->utime_ns = signal->utime + task->utime;
	record->stime_ns = signal->stime + task->stime;
	record->cpu_ns = signal->sum_sched_runtime + task->se.sum_exec_runtime;
	record->run_delay_ns = bpf_core_field_exists(task->sched_info.run_delay) ? task->sched_info.run_delay : UNKNOWN64;
	record->minor_faults = signal->min_flt + task->min_flt;
	record->major_faults = signal->maj_flt + task->maj_flt;
	record->voluntary_switches = signal->nvcsw + task->nvcsw;
	record->involuntary_switches = signal->nivcsw + task->nivcsw;
	record->read_bytes = io ? signal->ioac.read_bytes + task->ioac.read_bytes : UNKNOWN64;
	record->write_bytes = io ? signal->ioac.write_bytes + task->ioac.write_bytes : UNKNOWN64;
	record->max_rss_bytes = max_rss_bytes(dying);
	if (task->pid == task->tgid)
		return;
	record->utime_ns += leader->utime;
	record->stime_ns += leader->stime;
	record->cpu_ns += leader->se.sum_exec_runtime;
	if (bpf_core_field_exists(task->sched_info.run_delay))
		record->run_delay_ns += leader->sched_info.run_delay;
	record->minor_faults += leader->min_flt;
	record->major_faults += leader->maj_flt;
	record->voluntary_switches += leader->nvcsw;
	record->involuntary_switches += leader->nivcsw;
	if (io) {
		record->read_bytes += leader->ioac.read_bytes;
		record->write_bytes += leader->ioac.write_bytes;
	}
}

#endif
