namespace Reacher.Fast.Core.Environments;

/// <summary>Who was in a row of a vector environment during a step.</summary>
public enum RowActivity : byte
{
    /// <summary>An agent carried out the step's action, and the step says what came of it.</summary>
    Acted = 0,

    /// <summary>The row's agent goes on with its episode, but this step's action was not carried out, or what came of it is not known yet.</summary>
    Idle = 1,

    /// <summary>The row had no agent, or lost it without the end of an episode; what that agent had earned belongs to no episode.</summary>
    Vacant = 2,
}
