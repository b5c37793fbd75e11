using static Reacher.Fast.Environments.Arm.ArmModel;

namespace Reacher.Fast.Environments.Arm;

/// <summary>A rigid body: pose and velocities of its mass centre, in the world (the arm's root stands unrotated).</summary>
/// <param name="Position">Of the mass centre, metres.</param>
/// <param name="Orientation">A unit quaternion that turns body axes into world axes.</param>
/// <param name="AngularVelocity">In rad/s, in world axes.</param>
/// <param name="Velocity">Of the mass centre, in m/s, in world axes.</param>
public readonly record struct ArmBody(Double3 Position, DoubleQuaternion Orientation, Double3 AngularVelocity, Double3 Velocity);

/// <summary>One arm: the upper body (A) hangs from the shoulder, the lower one (B) from the elbow and carries the hand.</summary>
/// <param name="Upper">The body that hangs from the shoulder.</param>
/// <param name="Lower">The body that hangs from the elbow and ends in the hand.</param>
public readonly record struct ArmState(ArmBody Upper, ArmBody Lower)
{
    /// <summary>Where an episode starts: hanging straight down, at rest.</summary>
    public static ArmState AtReset
    {
        get
        {
            DoubleQuaternion down = new(1, 0, 0, ResetQuaternionW);
            return new(
                new(new(0, UpperResetHeight, 0), down, default, default),
                new(new Double3(0, LowerResetHeight, 0) + (LowerMassCentre * down.AxisY), down, default, default));
        }
    }

    /// <summary>The hand's centre.</summary>
    public Double3 Hand => Lower.Position + ((HandOffset - LowerMassCentre) * Lower.Orientation.AxisY);

    /// <summary>The state that an observation describes.</summary>
    /// <param name="observation">At least the 26 kinematic observations.</param>
    public static ArmState FromObservation(ReadOnlySpan<float> observation)
    {
        ArmBody upper = Read(observation[..13]);
        ArmBody lower = Read(observation.Slice(13, 13));
        return new(upper, lower with { Position = lower.Position + (LowerMassCentre * lower.Orientation.AxisY) });
    }

    /// <summary>Writes the 26 kinematic observations.</summary>
    public void WriteObservation(Span<float> observation)
    {
        Write(Upper, observation[..13]);
        Write(Lower with { Position = Lower.Position - (LowerMassCentre * Lower.Orientation.AxisY) }, observation.Slice(13, 13));
    }

    private static ArmBody Read(ReadOnlySpan<float> o) =>
        new(new(o[0], o[1], o[2]), new(o[3], o[4], o[5], o[6]), new(o[7], o[8], o[9]), new(o[10], o[11], o[12]));

    private static void Write(ArmBody body, Span<float> o)
    {
        (o[0], o[1], o[2]) = ((float)body.Position.X, (float)body.Position.Y, (float)body.Position.Z);
        DoubleQuaternion q = body.Orientation;
        (o[3], o[4], o[5], o[6]) = ((float)q.X, (float)q.Y, (float)q.Z, (float)q.W);
        (o[7], o[8], o[9]) = ((float)body.AngularVelocity.X, (float)body.AngularVelocity.Y, (float)body.AngularVelocity.Z);
        (o[10], o[11], o[12]) = ((float)body.Velocity.X, (float)body.Velocity.Y, (float)body.Velocity.Z);
    }
}
