/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_SIGNAL_H
#define EXITBOX_SIGNAL_H

/* Recorded whatever comes of them. */
#define TOLD                                                                                                           \
	(bit(SIGHUP) | bit(SIGINT) | bit(SIGQUIT) | bit(SIGABRT) | bit(SIGTERM) | bit(SIGKILL) | bit(SIGXCPU))

static __always_inline enum signal_action action_of(struct task_struct *task, int sig)
{
	__u64 handler = 0;

	/* Unavoidable: the verifier takes no variable index into a kernel array. */
	bpf_probe_read_kernel(&handler, sizeof(handler),
			      (char *)&task->sighand->action + ((sig - 1) & 63) * bpf_core_type_size(struct k_sigaction) +
				      bpf_core_field_offset(struct k_sigaction, sa.sa_handler));
	return handler == 0 ? ACTION_DEFAULT : handler == 1 ? ACTION_IGNORE : ACTION_HANDLER;
}

static __always_inline void fill_signal(struct signal_record *record, struct task_struct *task,
					const struct origin *origin)
{
	struct task_struct *leader = task->group_leader;

	record->pid = task->tgid;
	record->tid = task->pid;
	record->start_mono_ns = leader->start_time;
	record->start_boot_ns = leader->start_boottime;
	copy_16(record->comm, task->comm);
	record->uid = task->real_cred->uid.val;
	record->si_code = origin->si_code;
	record->cause = origin->cause;
	record->current_pid = origin->sender.pid;
	record->current_tid = origin->sender.tid;
	record->current_uid = origin->sender.uid;
	record->current_loginuid = origin->sender.loginuid;
	record->reserved = 0;
	record->current_start_boot_ns = origin->sender.start_boot_ns;
	copy_16(record->current_comm, origin->sender.comm);
	record->fault_addr = origin->fault_addr;
}

/* Behind complete_signal(): a signal that ends its process at once has made the group's exit code. */
static __always_inline int signal_made(int sig, struct kernel_siginfo *info, __u64 raw, struct task_struct *task,
				       int group, int result)
{
	struct counter *counter = counter_of(TABLE_SIGNALS);
	struct signal_struct *signal = task->signal;
	bool told = options.signals_all || in_set(sig, sig < 32 ? TOLD : 0);
	bool queued = result == TRACE_SIGNAL_DELIVERED || result == TRACE_SIGNAL_LOSE_INFO;
	bool lethal = queued && !in_set(sig, sig < 32 ? HARMLESS : 0);
	bool core = in_set(sig, sig < 32 ? CORE_SIGNALS : 0);
	bool decided, blocked, dooms;
	struct signal_record *record;
	enum signal_action action;
	struct origin origin;
	struct cgroup *cgroup;
	__u64 cgroup_id;

	if (!counter)
		return 0;
	count(&counter->seen);
	if ((!told && !lethal) || !is_followed(task->tgid)) {
		count(&counter->filtered);
		return 0;
	}
	action = action_of(task, sig);
	blocked = task->blocked.sig[0] >> ((sig - 1) & 63) & 1;
	decided = lethal && !core && signal->flags & SIGNAL_GROUP_EXIT && signal->group_exit_code == sig;
	lethal &= decided || blocked || action == ACTION_DEFAULT;
	if (!told && !lethal) {
		count(&counter->filtered);
		return 0;
	}
	fill_origin(&origin, sig, info, raw, task);
	dooms = lethal && note_doom(task, sig, &origin, bpf_ktime_get_boot_ns(), decided) &&
		(decided || (core && !blocked && !task->ptrace));
	if (!told && !dooms) {
		count(&counter->filtered);
		return 0;
	}
	cgroup = cgroup_of(task, &cgroup_id);
	name_cgroup(cgroup, cgroup_id, RING_DEATHS, TABLE_SIGNALS);
	record = reserve(struct signal_record, RING_DEATHS, TABLE_SIGNALS, counter);
	if (!record)
		return 0;
	fill_signal(record, task, &origin);
	record->cgroup_id = cgroup_id;
	record->signal = sig;
	record->result = result;
	record->action = action;
	record->flags = origin.flags | (group ? 0 : SIGNAL_THREAD_DIRECTED) | (blocked ? SIGNAL_BLOCKED : 0) |
			(dooms ? SIGNAL_DOOMS : 0);
	submit(record, RING_DEATHS);
	return 0;
}

#endif
