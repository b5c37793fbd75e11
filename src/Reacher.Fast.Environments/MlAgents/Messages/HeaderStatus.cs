namespace Reacher.Fast.Environments.MlAgents.Messages;

/// <summary>What the status in a message's header says, in both generations.</summary>
internal static class HeaderStatus
{
    /// <summary>The conversation goes on.</summary>
    public const int Ok = 200;

    /// <summary>The sender closes: no further message follows.</summary>
    public const int Close = 400;
}
