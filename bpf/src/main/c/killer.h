/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_KILLER_H
#define EXITBOX_KILLER_H

/*
 * Who and what made a signal, and the memory of it until the process that it dooms is dead.
 * The tracepoint's siginfo can be one of two numbers instead of a pointer: SEND_SIG_NOINFO, as if the current task
 * had called kill, and SEND_SIG_PRIV, from the kernel.
 */

#define SEND_SIG_NOINFO 0
#define SEND_SIG_PRIV 1

enum {
	SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGILL = 4, SIGTRAP = 5, SIGABRT = 6, SIGBUS = 7, SIGFPE = 8, SIGKILL = 9,
	SIGSEGV = 11, SIGPIPE = 13, SIGALRM = 14, SIGTERM = 15, SIGCHLD = 17, SIGCONT = 18, SIGSTOP = 19, SIGTSTP = 20,
	SIGTTIN = 21, SIGTTOU = 22, SIGURG = 23, SIGXCPU = 24, SIGXFSZ = 25, SIGVTALRM = 26, SIGPROF = 27, SIGWINCH = 28,
	SIGSYS = 31,
};

#define bit(sig) (1ULL << (sig))
#define in_set(sig, set) ((sig) < 32 && ((set) >> ((sig) & 31) & 1)) /* real-time signals are in none */

#define FAULTS (bit(SIGSEGV) | bit(SIGBUS) | bit(SIGFPE) | bit(SIGILL) | bit(SIGTRAP))
#define CORE_SIGNALS                                                                                                   \
	(FAULTS | bit(SIGQUIT) | bit(SIGABRT) | bit(SIGSYS) | bit(SIGXCPU) | bit(SIGXFSZ))
/* Whose default action ends no process. */
#define HARMLESS                                                                                                       \
	(bit(SIGCHLD) | bit(SIGCONT) | bit(SIGSTOP) | bit(SIGTSTP) | bit(SIGTTIN) | bit(SIGTTOU) | bit(SIGURG) | bit(SIGWINCH))
#define TTY_SIGNALS                                                                                                    \
	(bit(SIGHUP) | bit(SIGINT) | bit(SIGQUIT) | bit(SIGTSTP) | bit(SIGTTIN) | bit(SIGTTOU) | bit(SIGWINCH) | bit(SIGCONT))
#define TIMER_SIGNALS (bit(SIGALRM) | bit(SIGVTALRM) | bit(SIGPROF))

/* si_code of sigaction(2). */
enum { SI_KERNEL = 0x80, SI_USER = 0, SI_QUEUE = -1, SI_TIMER = -2, SI_SIGIO = -5, SI_TKILL = -6 };
#define SYS_SECCOMP 1

/* A task as a sender of signals. */
struct sender {
	__u32 pid;
	__u32 tid;
	__u32 uid;
	__u32 loginuid;
	__u64 start_boot_ns;
	char comm[COMM_BYTES];
};

/* Where a signal came from; `sender` is the current task and means something only with SIGNAL_SENDER in flags. */
struct origin {
	__s32 si_code;
	__u32 cause;
	__u32 flags; /* SIGNAL_SENDER, SIGNAL_FAULT_ADDR */
	__u32 reserved;
	__u64 fault_addr;
	struct sender sender;
};

struct doom_key {
	__u32 pid;
	__u32 signal;
};

struct doom {
	__u64 boot_ns;
	struct origin origin;
	__u32 decided; /* the process was dying of it at once; else it may yet */
	__s32 oom_score_adj; /* from here on: of the doomed process, for victim_numbered */
	__u64 start_mono_ns;
	__u64 start_boot_ns;
	__u64 cgroup_id;
	char comm[COMM_BYTES];
	__u32 uid;
	__u32 reserved;
};

/* LRU: a signal that came to nothing is forgotten some day. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct doom_key);
	__type(value, struct doom);
} doomed SEC(".maps");

/* Who gets a signal, and the pointers through which it is read, loaded at once: see struct cgroups. */
struct target {
	struct task_struct *task;
	struct task_struct *leader;
	struct signal_struct *signal;
	struct sighand_struct *sighand;
	const struct cred *cred;
	struct cgroups cgroups;
};

static __always_inline struct target target_of(struct task_struct *task)
{
	return (struct target){
		.task = task,
		.leader = task->group_leader,
		.signal = task->signal,
		.sighand = task->sighand,
		.cred = task->real_cred,
		.cgroups = cgroups_of(task),
	};
}

static __always_inline bool has_current_task_btf(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf); /* 5.11 */
}

static __always_inline void fill_sender(struct sender *sender)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct task_struct *current;

	sender->pid = id >> 32;
	sender->tid = (__u32)id;
	sender->uid = (__u32)bpf_get_current_uid_gid();
	bpf_get_current_comm(sender->comm, sizeof(sender->comm));
	if (has_current_task_btf()) {
		current = bpf_get_current_task_btf();
		sender->loginuid = loginuid_of(current);
		sender->start_boot_ns = current->group_leader->start_boottime;
		return;
	}
	current = (struct task_struct *)bpf_get_current_task();
	sender->loginuid = bpf_core_field_exists(current->loginuid) ? BPF_CORE_READ(current, loginuid.val) : UNKNOWN32;
	sender->start_boot_ns = BPF_CORE_READ(current, group_leader, start_boottime);
}

static __always_inline bool current_exits(void)
{
	struct task_struct *current = (struct task_struct *)bpf_get_current_task();

	return BPF_CORE_READ(current, flags) & PF_EXITING;
}

/* Whether the current task is the first process of a PID namespace that is not the machine's. */
static __always_inline bool current_is_inner_init(void)
{
	struct task_struct *current = (struct task_struct *)bpf_get_current_task();
	struct pid *pid = BPF_CORE_READ(current, signal, pids[PIDTYPE_TGID]);
	__u32 level = BPF_CORE_READ(pid, level);
	struct upid inner;

	return level && level < 64 &&
	       !bpf_core_read(&inner, sizeof(inner), (char *)pid->numbers + level * bpf_core_type_size(struct upid)) &&
	       inner.nr == 1;
}

static __always_inline bool has_cpu_limit(struct signal_struct *signal)
{
	return signal->rlim[RLIMIT_CPU].rlim_max != RLIM_INFINITY || signal->rlim[RLIMIT_RTTIME].rlim_max != RLIM_INFINITY;
}

/* SEND_SIG_NOINFO. */
static __always_inline __u32 cause_as_user(int sig, struct task_struct *task, bool own, __u32 *flags)
{
	if (own && sig != SIGKILL) /* a limit on files, or SIGPIPE and the like */
		return sig == SIGXFSZ || sig == SIGXCPU ? CAUSE_RLIMIT : CAUSE_KERNEL;
	*flags |= SIGNAL_SENDER;
	if (own) /* cgroup.kill of its own cgroup */
		return CAUSE_SELF;
	return task->pdeath_signal == sig && current_exits() ? CAUSE_PARENT_DEATH : CAUSE_USER;
}

/* SEND_SIG_PRIV. An OOM kill looks like any other here: the exit program sees what it was (signal->oom_mm). */
static __always_inline __u32 cause_of_kernel(int sig, const struct target *target, bool own, __u32 *flags)
{
	if (in_set(sig, TTY_SIGNALS))
		return CAUSE_TTY;
	if (in_set(sig, TIMER_SIGNALS))
		return CAUSE_TIMER;
	if (sig == SIGXCPU)
		return CAUSE_RLIMIT;
	if (sig != SIGKILL)
		return CAUSE_KERNEL;
	if (memcg_oom(&target->cgroups) == 1) {
		*flags |= SIGNAL_SENDER;
		return CAUSE_OOM;
	}
	if (own)
		return has_cpu_limit(target->signal) ? CAUSE_RLIMIT : CAUSE_KERNEL;
	if (current_exits() && current_is_inner_init()) /* takes its namespace along */
		*flags |= SIGNAL_SENDER;
	return CAUSE_KERNEL;
}

/* A siginfo of its own. */
static __always_inline __u32 cause_of_code(int sig, int code, bool own, __u32 *flags)
{
	if (code == SI_USER || code == SI_QUEUE || code == SI_TKILL) {
		*flags |= SIGNAL_SENDER;
		return own ? CAUSE_SELF : CAUSE_USER;
	}
	if (code == SI_TIMER)
		return CAUSE_TIMER;
	if (code < 0 && code >= SI_SIGIO)
		return CAUSE_KERNEL;
	if (code < 0) { /* rt_sigqueueinfo takes any such number */
		*flags |= SIGNAL_SENDER;
		return own ? CAUSE_SELF : CAUSE_USER;
	}
	if (in_set(sig, FAULTS))
		return CAUSE_FAULT;
	if (sig == SIGSYS && code == SYS_SECCOMP)
		return CAUSE_SECCOMP;
	if (in_set(sig, TTY_SIGNALS))
		return CAUSE_TTY;
	return in_set(sig, TIMER_SIGNALS) ? CAUSE_TIMER : CAUSE_KERNEL;
}

static __always_inline void fill_origin(struct origin *origin, int sig, struct kernel_siginfo *info, __u64 raw,
					const struct target *target)
{
	bool own = bpf_get_current_pid_tgid() >> 32 == (__u32)target->task->tgid;

	origin->flags = 0;
	origin->reserved = 0;
	origin->fault_addr = 0;
	fill_sender(&origin->sender);
	if (raw == SEND_SIG_NOINFO) {
		origin->si_code = SI_USER;
		origin->cause = cause_as_user(sig, target->task, own, &origin->flags);
	} else if (raw == SEND_SIG_PRIV) {
		origin->si_code = SI_KERNEL;
		origin->cause = cause_of_kernel(sig, target, own, &origin->flags);
	} else {
		origin->si_code = BPF_CORE_READ(info, si_code);
		origin->cause = cause_of_code(sig, origin->si_code, own, &origin->flags);
		if (origin->cause == CAUSE_FAULT && origin->si_code != SI_KERNEL) {
			origin->flags |= SIGNAL_FAULT_ADDR;
			origin->fault_addr = (__u64)BPF_CORE_READ(info, _sifields._sigfault._addr);
		}
	}
}

/*
 * Remembers a signal that the process is dying of, the first of its number, or may die of, the last of its number.
 * False when the process was dying of an earlier one.
 */
static __always_inline bool note_doom(struct doom *doom, const struct signal_record *record,
				      struct signal_struct *signal)
{
	struct doom_key key = { .pid = record->pid, .signal = record->signal };
	struct doom *earlier = bpf_map_lookup_elem(&doomed, &key);

	if (earlier && earlier->decided && earlier->start_boot_ns == record->start_boot_ns)
		return false;
	doom->boot_ns = bpf_ktime_get_boot_ns();
	doom->oom_score_adj = signal->oom_score_adj;
	doom->start_mono_ns = record->start_mono_ns;
	doom->start_boot_ns = record->start_boot_ns;
	doom->cgroup_id = record->cgroup_id;
	copy_16(doom->comm, record->comm);
	doom->uid = record->uid;
	doom->reserved = 0;
	bpf_map_update_elem(&doomed, &key, doom, BPF_ANY);
	return true;
}

/* Says on the death's record who or what it was. The memory stays for exit_live, whose next record may be the true one. */
static __always_inline void fill_killer(struct exit_record *record, const struct dying *dying, __u32 status)
{
	struct doom_key key = { .pid = dying->task->tgid, .signal = status & 0x7f };
	bool oom = key.signal == SIGKILL && dying->signal->oom_mm;
	struct origin *origin;
	struct doom *doom;

	record->cause = CAUSE_UNKNOWN;
	record->killer_si_code = 0;
	record->killer_pid = 0;
	record->killer_tid = 0;
	record->killer_uid = 0;
	record->killer_loginuid = 0;
	record->killer_start_boot_ns = 0;
	record->killer_boot_ns = 0;
	record->fault_addr = 0;
	__builtin_memset(record->killer_comm, 0, sizeof(record->killer_comm));
	if (!key.signal)
		return;
	doom = bpf_map_lookup_elem(&doomed, &key);
	if (!doom || doom->start_boot_ns != record->start_boot_ns) {
		if (oom)
			record->cause = CAUSE_OOM;
		else if (key.signal == SIGSYS && dying->task->seccomp.mode) /* sent no signal before 5.16 */
			record->cause = CAUSE_SECCOMP;
		return;
	}
	origin = &doom->origin;
	record->cause = origin->cause;
	record->killer_si_code = origin->si_code;
	record->killer_boot_ns = doom->boot_ns;
	record->flags |= EXIT_SIGNALLED;
	if (origin->cause == CAUSE_OOM) /* it may die before the kernel marks it */
		record->flags |= EXIT_OOM_VICTIM;
	if (oom && origin->si_code == SI_KERNEL) {
		record->cause = CAUSE_OOM;
		origin->flags |= SIGNAL_SENDER;
	}
	if (origin->flags & SIGNAL_FAULT_ADDR) {
		record->flags |= EXIT_FAULT_ADDR;
		record->fault_addr = origin->fault_addr;
	}
	if (origin->flags & SIGNAL_SENDER) {
		record->flags |= EXIT_KILLER;
		record->killer_pid = origin->sender.pid;
		record->killer_tid = origin->sender.tid;
		record->killer_uid = origin->sender.uid;
		record->killer_loginuid = origin->sender.loginuid;
		record->killer_start_boot_ns = origin->sender.start_boot_ns;
		copy_16(record->killer_comm, origin->sender.comm);
	}
}

#endif
