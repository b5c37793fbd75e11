namespace Reacher.Fast.Testing;

/// <summary>How files fail: the error number that the system gives, which also says which calls give it.</summary>
public enum DiskFault
{
    /// <summary>They do not.</summary>
    None = 0,

    /// <summary>EPERM: nothing can be opened for writing, made, renamed or removed; what is open stays so.</summary>
    NotPermitted = 1,

    /// <summary>EIO: nothing can be read, written, flushed, made or removed.</summary>
    InputOutput = 5,

    /// <summary>ENOSPC: nothing can be written or made.</summary>
    Full = 28,
}
