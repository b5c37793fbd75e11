namespace Reacher.Fast.Runner.Tests.Faults;

/// <summary>What happens to one process of a run.</summary>
public enum Fault
{
    /// <summary>SIGKILL.</summary>
    Killed,

    /// <summary>SIGSTOP, for longer than a process may be silent, then SIGCONT.</summary>
    Stopped,

    /// <summary>Its disk is full (ENOSPC).</summary>
    DiskFull,

    /// <summary>Its disk fails (EIO).</summary>
    InputOutput,

    /// <summary>It may not write any more (EPERM).</summary>
    NotPermitted,

    /// <summary>Each fsync takes seconds.</summary>
    SlowFlush,

    /// <summary>It may open no further file (RLIMIT_NOFILE).</summary>
    FewDescriptors,

    /// <summary>It may write no file of more than a few bytes (RLIMIT_FSIZE).</summary>
    ShortFiles,

    /// <summary>The file it writes most is cut off under its mapping (SIGBUS), or has lost pages when the run goes on.</summary>
    TornPages,
}
