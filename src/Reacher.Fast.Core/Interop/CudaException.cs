namespace Reacher.Fast.Core.Interop;

/// <summary>A CUDA driver call failed while running. <see cref="DeviceLost"/> says whether the device can still be used.</summary>
public sealed class CudaException : Exception
{
    /// <summary>An error without a message; use another constructor.</summary>
    public CudaException()
    {
    }

    /// <summary>An error with a message.</summary>
    public CudaException(string message)
        : base(message)
    {
    }

    /// <summary>An error with a message and a cause.</summary>
    public CudaException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The failure of <paramref name="function"/> with <paramref name="status"/>.</summary>
    public CudaException(CudaStatus status, string function, string message)
        : base(message)
    {
        Status = status;
        Function = function;
    }

    /// <summary>The driver's answer.</summary>
    public CudaStatus Status { get; }

    /// <summary>The call that failed; work queued earlier may be the cause, because the driver reports late.</summary>
    public string Function { get; } = "";

    /// <summary>
    /// Whether the context is gone: every further call fails, this process cannot use the device any more, and a run goes on
    /// from its last checkpoint in a new process (the option <c>resume</c>, on the CPU if asked).
    /// </summary>
    public bool DeviceLost => IsDeviceLost(Status);

    /// <summary>Whether a status means that the context is gone: the errors that the driver documents as sticky.</summary>
    public static bool IsDeviceLost(CudaStatus status) =>
        (int)status is 214 or 220 or 226 or 700 or 702 or (>= 714 and <= 719) or 721 or 810 or 811 or 999;
}

/// <summary>CUDA was asked for and cannot be had here. The message says what is missing and what to do.</summary>
public sealed class CudaUnavailableException : InputException
{
    /// <summary>An error without a message; use another constructor.</summary>
    public CudaUnavailableException()
    {
    }

    /// <summary>An error whose message is one sentence for the user.</summary>
    public CudaUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>An error whose message is one sentence for the user, and what caused it.</summary>
    public CudaUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
