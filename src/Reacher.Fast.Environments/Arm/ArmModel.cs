namespace Reacher.Fast.Environments.Arm;

/// <summary>
/// The numbers of Unity's Reacher scene (ML-Agents v0.4: <c>Prefabs/Agent.prefab</c>, <c>ReacherAgent.cs</c>,
/// <c>DynamicsManager.asset</c>), in metres, kilograms, seconds and radians, y up. Lengths along a capsule's own y.
/// </summary>
public static class ArmModel
{
    /// <summary>Floats in an observation.</summary>
    public const int ObservationSize = 33;

    /// <summary>The first 26 observations: poses and velocities of the two bodies.</summary>
    public const int KinematicSize = 26;

    /// <summary>Torques: x and z on the upper body, x and z on the lower one.</summary>
    public const int ActionSize = 4;

    /// <summary>Physics steps per decision.</summary>
    public const int StepsPerDecision = 4;

    /// <summary>Seconds in a physics step.</summary>
    public const double TimeStep = 0.02;

    /// <summary>Metres per second squared, downwards.</summary>
    public const double Gravity = 9.81;

    /// <summary>Angular drag of both bodies; a step multiplies the angular velocity by <c>1 - drag * dt</c>.</summary>
    public const double AngularDrag = 0.05;

    /// <summary>PhysX limits the angular velocity to this, in rad/s, before its solver runs.</summary>
    public const double MaximumAngularVelocity = 7;

    /// <summary>Newton metres for an action of 1.</summary>
    public const double Torque = 150;

    /// <summary>Solver iterations with the position bias.</summary>
    public const int PositionIterations = 12;

    /// <summary>Solver iterations without it, after the others.</summary>
    public const int VelocityIterations = 12;

    /// <summary>Radius of the goal's circle.</summary>
    public const double GoalCircleRadius = 8;

    /// <summary>Radius of the hand.</summary>
    public const double HandRadius = 1;

    /// <summary>The upper body's mass centre and origin to its shoulder anchor, against its y.</summary>
    public const double ShoulderOffset = 4.02;

    /// <summary>Either body's origin to the elbow: the upper's along its y, the lower's against its y.</summary>
    public const double ElbowOffset = 3;

    /// <summary>The lower body's origin to the hand's centre, along its y.</summary>
    public const double HandOffset = 3;

    /// <summary>Height of the shoulder's pivot over the root.</summary>
    public const double PivotHeight = 0.02;

    /// <summary>Height of the upper body's origin at reset.</summary>
    public const double UpperResetHeight = -4;

    /// <summary>Height of the lower body's origin at reset.</summary>
    public const double LowerResetHeight = -10;

    /// <summary>Reset orientation, half a turn about x as single precision gives it: (1, 0, 0, this).</summary>
    public const double ResetQuaternionW = -4.371139e-08;

    // A capsule of radius 1/2 m and cylinder half-length 5/2 m, and the hand, a sphere of radius 1 m, of one density.
    private const double Radius = 0.5;
    private const double HalfLength = 2.5;
    private const double CrossSection = Math.PI * Radius * Radius;
    private const double CapsuleVolume = CrossSection * ((4.0 / 3.0 * Radius) + (2 * HalfLength));
    private const double SphereVolume = 4.0 / 3.0 * Math.PI;
    private const double LowerVolume = CapsuleVolume + SphereVolume;

    private const double CapsuleAlong = CrossSection * ((Radius * Radius * Radius * 8 / 15) + (HalfLength * Radius * Radius));

    private const double CapsuleAcross = CrossSection * ((Radius * Radius * Radius * 8 / 15) + (HalfLength * Radius * Radius * 3 / 2)
        + (HalfLength * HalfLength * Radius * 4 / 3) + (HalfLength * HalfLength * HalfLength * 2 / 3));

    private const double SphereInertia = 0.4 * SphereVolume;

    /// <summary>The lower body's origin to its mass centre, along its y (48/33 m: the hand pulls it).</summary>
    public const double LowerMassCentre = HandOffset * SphereVolume / LowerVolume;

    /// <summary>Inertia of the upper body (mass 1 kg) about its own y: 0.122059 kg m^2.</summary>
    public const double UpperInertiaAlong = CapsuleAlong / CapsuleVolume;

    /// <summary>Inertia of the upper body about its x and z: 2.750735 kg m^2.</summary>
    public const double UpperInertiaAcross = CapsuleAcross / CapsuleVolume;

    /// <summary>Inertia of the lower body (capsule and hand, mass 1 kg) about its own y: 0.256818 kg m^2.</summary>
    public const double LowerInertiaAlong = (CapsuleAlong + SphereInertia) / LowerVolume;

    /// <summary>Inertia of the lower body about x and z through its mass centre: 3.858919 kg m^2.</summary>
    public const double LowerInertiaAcross = (CapsuleAcross + (CapsuleVolume * LowerMassCentre * LowerMassCentre) + SphereInertia
        + (SphereVolume * (HandOffset - LowerMassCentre) * (HandOffset - LowerMassCentre))) / LowerVolume;
}
