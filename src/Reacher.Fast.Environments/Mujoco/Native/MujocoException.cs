namespace Reacher.Fast.Environments.Mujoco.Native;

/// <summary>MuJoCo found an error in what it was asked to do: its own sentence, and what it was doing.</summary>
public sealed class MujocoException : Exception
{
    /// <summary>An error of MuJoCo without a sentence.</summary>
    public MujocoException()
    {
    }

    /// <summary>An error of MuJoCo.</summary>
    /// <param name="message">What is wrong.</param>
    public MujocoException(string message)
        : base(message)
    {
    }

    /// <summary>An error of MuJoCo with its cause.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="innerException">The cause.</param>
    public MujocoException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
