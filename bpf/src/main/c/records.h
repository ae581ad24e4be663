/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_RECORDS_H
#define EXITBOX_RECORDS_H

/*
 * What the programs and user space tell each other: records in the ring, counters, control and options.
 *
 * User space never compiles this file: it reads the layouts from the BTF of the object it is about to load.
 * So fields may move and be added freely, but a name keeps its meaning. Where a column is just a field,
 * the field has the column's name.
 * Built with -Wpadded -Werror: a hole would carry kernel memory into a recording.
 */

/* The tables' numbers, forever. Arrays indexed by them have TABLES elements: room for what is to come. */
enum table {
	TABLE_EXITS = 1,
	TABLE_THREAD_EXITS = 2,
	TABLE_EXECS = 3,
	TABLE_FORKS = 4,
	TABLE_SIGNALS = 5,
	TABLE_OOMS = 6,
	TABLE_RUNQS = 7,
	TABLE_TASKS = 8,
	TABLE_GAPS = 9,
	TABLE_HEARTBEATS = 10,
	TABLE_CLOCK_STEPS = 11,
	TABLE_RUNS = 12,
	TABLE_CGROUP_NAMES = 13, /* cgroup id -> path, for decoding only: takes no seq */
	TABLES = 16,
};

/*
 * A u32 or u64 the kernel cannot give here is all ones; no such field can hold that value in earnest,
 * except uid and loginuid, where it is the kernel's own word for "unset".
 */
#define UNKNOWN32 (~0U)
#define UNKNOWN64 (~0ULL)

#define COMM_BYTES 16

/* The first member of every record. */
struct record_header {
	__u32 table;
	__u32 cpu;
	__u64 mono_ns; /* CLOCK_MONOTONIC: stops while suspended */
	__u64 boot_ns; /* CLOCK_BOOTTIME: does not */
};

/* Bits of exit_record.flags and thread_exit_record.flags. */
enum exit_flags {
	EXIT_KTHREAD = 1 << 0,
	EXIT_OOM_VICTIM = 1 << 1, /* the OOM killer chose this process (signal->oom_mm) */
	EXIT_SIGNALLED = 1 << 2,  /* the signal that killed it was seen: killer_si_code and killer_boot_ns hold */
	EXIT_KILLER = 1 << 3,	  /* and somebody sent it: the other killer_ fields hold */
	EXIT_FAULT_ADDR = 1 << 4, /* fault_addr holds */
};

/* Where a signal came from. The words of column `cause`, in this order. */
enum cause {
	CAUSE_UNKNOWN,
	CAUSE_USER, /* another process */
	CAUSE_SELF,
	CAUSE_PARENT_DEATH, /* prctl(PR_SET_PDEATHSIG) */
	CAUSE_FAULT,
	CAUSE_OOM,
	CAUSE_SECCOMP,
	CAUSE_RLIMIT,
	CAUSE_TIMER,
	CAUSE_TTY,
	CAUSE_KERNEL, /* anything else of the kernel's */
};

/*
 * A process died: its last thread did.
 * Times, faults, switches and bytes are of the whole process, also of threads that ended before;
 * a thread that is on its way out on another CPU in this very moment may be missing in them.
 */
struct exit_record {
	struct record_header header;
	__u32 pid;
	__u32 tid; /* the thread that died last */
	__u32 ppid;
	__u32 status;	     /* what waitpid(2) will say: code << 8, or signal | 0x80 when core was dumped */
	__u32 leader_status; /* the leader thread's own word: what exitsnoop shows */
	__u32 task_status;   /* the dying thread's own word */
	__u32 uid;
	__u32 gid;
	__u64 start_mono_ns; /* the leader's, so the process's: with pid its identity */
	__u64 start_boot_ns;
	__u64 thread_start_mono_ns; /* the dying thread's */
	__u64 thread_start_boot_ns;
	char comm[COMM_BYTES];	    /* the leader's */
	char last_comm[COMM_BYTES]; /* the dying thread's */
	char tty[16];		    /* controlling terminal, empty when there is none */
	__u32 loginuid;
	__u32 audit_session;
	__u32 sid;
	__u32 pgid;
	__u64 cgroup_id; /* see CGROUP_V1 */
	__u32 pid_ns;
	__u32 ns_pid; /* pid as its own PID namespace has it */
	__u32 mnt_ns;
	__u32 threads; /* not yet reaped: 1, or more when the leader left early or others are on their way out */
	__u64 utime_ns;
	__u64 stime_ns;
	__u64 cpu_ns;	    /* sum_exec_runtime: up to one tick behind */
	__u64 run_delay_ns; /* of the dying thread and the leader: the kernel keeps no sum */
	__u64 max_rss_bytes; /* own peak since exec; where exit_live runs behind exit_mm: of all its life */
	__u64 minor_faults;
	__u64 major_faults;
	__u64 voluntary_switches;
	__u64 involuntary_switches;
	__u64 read_bytes;
	__u64 write_bytes;
	__s32 exit_signal;
	__s32 oom_score_adj;
	__u32 flags;	  /* enum exit_flags */
	__u32 task_flags; /* the dying thread's PF_ flags as acct(5) knows them, e.g. 0x40 forked but never exec'ed */
	__u64 parent_start_boot_ns;
	char parent_comm[COMM_BYTES];
	__u32 cause; /* enum cause */
	__s32 killer_si_code;
	__u32 killer_pid;
	__u32 killer_tid;
	__u32 killer_uid;
	__u32 killer_loginuid;
	__u64 killer_start_boot_ns;
	__u64 killer_boot_ns; /* when the signal was sent */
	__u64 fault_addr;
	char killer_comm[COMM_BYTES];
};

/* A thread ended and its process lives on. */
struct thread_exit_record {
	struct record_header header;
	__u32 pid;
	__u32 tid;
	__u32 ppid;
	__u32 uid;
	__u64 start_mono_ns; /* the process's identity */
	__u64 start_boot_ns;
	__u64 thread_start_mono_ns;
	__u64 thread_start_boot_ns;
	char comm[COMM_BYTES]; /* the thread's */
	__u32 status;	       /* the thread's own word, as the kernel gave it */
	__u32 flags;	       /* enum exit_flags */
};

/*
 * Variable parts of the records below stand behind the struct: `x_offset` counts from the start of the record,
 * `x_length` is in bytes without a terminating zero; length UNKNOWN32: not known. Paths that do not begin with '/'
 * lost their beginning (too deep or too long).
 */

/* Bits of exec_record.flags and task_record.flags. */
enum program_flags {
	PROGRAM_KTHREAD = 1 << 0,
	PROGRAM_NO_OLD_COMM = 1 << 1, /* old_comm is not known */
};

/* A process began to run another program; with ret < 0 it wanted to. */
struct exec_record {
	struct record_header header;
	__u32 pid;
	__u32 tid; /* the thread that called exec, by its number before */
	__u32 ppid;
	__s32 ret;
	__u64 start_mono_ns;
	__u64 start_boot_ns;
	__u64 parent_start_boot_ns;
	char comm[COMM_BYTES];
	char old_comm[COMM_BYTES];
	char parent_comm[COMM_BYTES];
	__u64 cgroup_id;
	__u32 uid;
	__u32 loginuid;
	__u32 argc;
	__u32 flags; /* enum program_flags */
	__u32 filename_offset;
	__u32 filename_length;
	__u32 exe_offset;
	__u32 exe_length;
	__u32 cwd_offset;
	__u32 cwd_length;
	__u32 argv_offset; /* as in memory: each argument ends in a zero byte, unless it was cut */
	__u32 argv_length;
	__u64 args_bytes; /* of all arguments; more than argv_length when they were cut */
};

/* A new task: a process, or with CLONE_THREAD in clone_flags a thread. */
struct fork_record {
	struct record_header header;
	__u32 pid;
	__u32 tid;
	__u32 ppid;
	__u32 uid;
	__u64 start_mono_ns; /* the process's */
	__u64 start_boot_ns;
	__u64 parent_start_boot_ns;
	char comm[COMM_BYTES];
	char parent_comm[COMM_BYTES];
	__u64 cgroup_id;
	__u64 clone_flags;
	__u32 creator_pid; /* who called clone */
	__u32 creator_tid;
};

/* Bits of signal_record.flags. */
enum signal_flags {
	SIGNAL_THREAD_DIRECTED = 1 << 0,
	SIGNAL_BLOCKED = 1 << 1,
	SIGNAL_DOOMS = 1 << 2,
	SIGNAL_SENDER = 1 << 3,	    /* the current task sent it; else it only happened to run */
	SIGNAL_FAULT_ADDR = 1 << 4, /* fault_addr holds */
};

/* What a process does with a signal. The words of column `action`, in this order. */
enum signal_action { ACTION_DEFAULT, ACTION_IGNORE, ACTION_HANDLER };

/* A signal was made for a process. */
struct signal_record {
	struct record_header header;
	__u32 pid; /* for whom */
	__u32 tid;
	__u64 start_mono_ns;
	__u64 start_boot_ns;
	char comm[COMM_BYTES];
	__u64 cgroup_id;
	__u32 uid;
	__s32 signal;
	__s32 si_code;
	__s32 result; /* TRACE_SIGNAL_* */
	__u32 cause;  /* enum cause */
	__u32 action; /* enum signal_action */
	__u32 flags;  /* enum signal_flags */
	__u32 current_pid;
	__u32 current_tid;
	__u32 current_uid;
	__u32 current_loginuid;
	__u32 reserved; /* 0 */
	__u64 current_start_boot_ns;
	char current_comm[COMM_BYTES];
	__u64 fault_addr;
};

/* The OOM killer chose a process. Sizes are all ones where the kernel does not say. */
struct oom_record {
	struct record_header header;
	__u32 pid;
	__u32 tid;
	__u64 start_mono_ns;
	__u64 start_boot_ns;
	char comm[COMM_BYTES];
	__u64 cgroup_id;
	__u64 total_vm_bytes;
	__u64 anon_rss_bytes;
	__u64 file_rss_bytes;
	__u64 shmem_rss_bytes;
	__u64 swap_bytes;
	__u64 pgtables_bytes;
	__u32 uid;
	__s32 oom_score_adj;
	__u32 memcg; /* 1 a memory cgroup's limit, 0 the machine's, UNKNOWN32 not known */
	__u32 trigger_pid;
	__u32 trigger_tid;
	__u32 reserved; /* 0 */
	__u64 trigger_start_boot_ns;
	char trigger_comm[COMM_BYTES];
};

/* A thread got a CPU and had waited for it longer than options.runq_min_ns. */
struct runq_record {
	struct record_header header;
	__u32 pid;
	__u32 tid;
	__u64 start_mono_ns;
	__u64 start_boot_ns;
	char comm[COMM_BYTES];
	__u64 cgroup_id;
	__u64 waited_ns;
	__u32 uid;
	__u32 prev_pid;
	__u32 prev_tid;
	__u32 reserved; /* 0 */
	char prev_comm[COMM_BYTES];
};

/* A process that is alive. */
struct task_record {
	struct record_header header;
	__u32 pid;
	__u32 ppid;
	__u64 start_mono_ns;
	__u64 start_boot_ns;
	__u64 parent_start_boot_ns;
	char comm[COMM_BYTES];
	char tty[16];
	__u64 cgroup_id;
	__u32 uid;
	__u32 gid;
	__u32 loginuid;
	__u32 sid;
	__u32 pgid;
	__u32 threads;
	__u32 flags; /* enum program_flags */
	__u32 exe_offset;
	__u32 exe_length;
	__u32 cwd_offset;
	__u32 cwd_length;
	__u32 argv_offset;
	__u32 argv_length;
	__u32 reserved;	  /* 0 */
	__u64 args_bytes; /* as in exec_record */
};

/*
 * The path of a cgroup, as /proc/PID/cgroup has it, emitted before the first record that names its id in an epoch.
 * A path that does not begin with '/' lost its beginning (too deep or too long).
 */
struct cgroup_name_record {
	struct record_header header;
	__u64 cgroup_id;
	__u32 path_offset; /* from the start of the record */
	__u32 path_length; /* without a terminating zero */
};

/*
 * In a cgroup_id: the number is one of the v1 memory hierarchy, whose ids are counted apart from v2's.
 * Hybrid hosts keep every process in the v2 root; there the memory cgroup says more.
 * Without the bit it is the inode number of the cgroup's folder.
 */
#define CGROUP_V1 (1ULL << 62)

/* What user space writes into map `beat` before it runs program `heartbeat`. */
struct heartbeat_values {
	__u64 real_ns; /* CLOCK_REALTIME at real_boot_ns, give or take real_error_ns */
	__u64 real_boot_ns;
	__u64 real_error_ns;
	__u64 spool_bytes;
	__u64 seen[TABLES]; /* by table, summed over CPUs, as read just before */
	__u64 filtered[TABLES];
	__u64 lost[TABLES];
};

struct heartbeat_record {
	struct record_header header;
	__u64 ring_fill_bytes; /* waiting in the ring before this record */
	__u64 ring_bytes;
	__u64 events_fill_bytes; /* the same of the second ring */
	__u64 events_ring_bytes;
	__u64 real_ns;
	__u64 real_boot_ns;
	__u64 real_error_ns;
	__u64 spool_bytes;
	__u64 seen[TABLES];
	__u64 filtered[TABLES];
	__u64 lost[TABLES];
};

/* Per CPU and table, in map `counters`: seen = records in the ring + filtered + lost. */
struct counter {
	__u64 seen;
	__u64 filtered;
	__u64 lost;
	__u64 first_lost_boot_ns; /* since control.loss_epoch last changed; valid when epoch equals it */
	__u64 last_lost_boot_ns;
	__u64 epoch;
};

/*
 * By CPU, in the mmapable map `tally`, which user space alone writes: what the recording tells of the counts above, kept in
 * the kernel for a recorder that takes over. What is in two changes in the one that does not hold, and holds all at once when
 * `holds` is changed: a recorder can be killed between any two stores.
 */
struct tally {
	__u64 left_out[2][TABLES];  /* taken from a ring and kept out of the recording: filtered, too */
	__u64 unwritten[2][TABLES]; /* taken from a ring and not written, for lack of room */
	__u64 told_tasks[2];	    /* rows of tasks made when their last snapshot was whole */
	__u64 taken_to[2][2];	    /* of CPU 0: the positions in the rings up to which those count */
	__u64 holds;		    /* of CPU 0: which of the two */
	__u64 open_spool;	    /* of CPU 0: the number of the spool that takes what the rings give */
	__u64 told_lost[TABLES];    /* of counter.lost, what rows of gaps tell */
	__u64 told_unwritten[TABLES]; /* of unwritten, the same */
};

/* One element, in the mmapable map `control`. */
struct control {
	__u64 names_epoch; /* raised by user space: every cgroup is named once more */
	__u64 loss_epoch;  /* raised by user space: first_lost_boot_ns starts afresh */
	__u64 next_wake;   /* producer position from which the reader is woken again */
	__u64 events_next_wake;
	__u64 recursion_reported; /* user space's own: misses that rows of gaps tell; for the recorder that takes over */
	__u64 seeding;	    /* set by user space while it finds out whom to follow: see adopt.h */
	__u64 adopted;	    /* processes that program adopt_living has put in */
	__u64 follows;	    /* processes that came to be followed: raised before they are */
	__u64 not_followed; /* processes that there was no room for in map `followed` */
};

/* Room for what is said of a pinned set of programs, see map `facts`. */
#define FACTS_BYTES (64 * 1024)

/* The most argument bytes of one exec that are kept: room for them is compiled in. */
#define MAX_ARGS_BYTES (128 * 1024)

/* Set by user space in .rodata before loading. uid, cgroup, pid and failed_only choose deaths only. */
struct options {
	__u64 uid;	  /* only processes of this uid; ~0 all */
	__u64 cgroup;	  /* only processes in this cgroup or below it, CGROUP_V1 as above; 0 all */
	__u64 wake_bytes; /* wake the reader when so much waits (a quarter of the ring); 0 never */
	__u64 events_wake_bytes;
	__u64 runq_min_ns;
	__u32 pid;	   /* only this process; 0 all */
	__u32 failed_only; /* only deaths whose status is not 0 */
	__u32 threads;	   /* record every thread's end, not only leaders that leave early, and every thread's begin */
	__u32 page_bytes;
	__u32 signals_all;    /* record every signal, not only those that end processes as a rule */
	__u32 max_args_bytes; /* of one exec, at most MAX_ARGS_BYTES; 0 none */
	__u32 tree;	      /* only processes in map `followed` */
	__u32 recorder;	      /* signals to this process are recorded beside those of the tree: it passes them on */
};

#endif
