namespace Reacher.Fast.Environments.Arm;

/// <summary>
/// The rows of a block, which holds as many arms as a vector has lanes. Row r of lane l is float <c>r * lanes + l</c>, so that
/// every row is one aligned vector and a block lies together in the cache.
/// </summary>
internal static class Rows
{
    /// <summary>Position of a body's mass centre, 3; relative to the body.</summary>
    public const int Position = 0;

    /// <summary>Orientation, 4; relative to the body.</summary>
    public const int Orientation = 3;

    /// <summary>Angular velocity, 3; relative to the body.</summary>
    public const int AngularVelocity = 7;

    /// <summary>Velocity, 3; relative to the body.</summary>
    public const int Velocity = 10;

    /// <summary>The upper body, A.</summary>
    public const int Upper = 0;

    /// <summary>The lower body, B.</summary>
    public const int Lower = 13;

    /// <summary>Sine and cosine of the goal's angle.</summary>
    public const int Goal = 26;

    /// <summary>Sine and cosine of what it turns by in a physics step.</summary>
    public const int GoalStep = 28;

    /// <summary>Torques, 4, clamped, in newton metres.</summary>
    public const int Torque = 30;

    /// <summary>The y axes of A and B whose inertia the torque meets in the next step, 6; read only for Unity's kick after a reset.</summary>
    public const int TorqueAxes = 34;

    /// <summary>Physics steps of this decision that began with the hand in the goal.</summary>
    public const int Touches = 40;

    /// <summary>Rows in a block.</summary>
    public const int Count = 41;
}
