namespace Reacher.Fast.Environments.Mujoco.Native;

/// <summary>
/// Where the fields that are read and written lie in MuJoCo's <c>mjModel</c> and <c>mjData</c>, in bytes. They move from version to version,
/// so there is one table for each; a C program against the version's header prints it, and a test holds the table to it.
/// </summary>
/// <param name="Version">What <c>mj_version</c> returns: 222 is 2.2.2.</param>
internal sealed record MujocoLayout(int Version)
{
    /// <summary>The versions whose layout is known.</summary>
    public static readonly IReadOnlyList<MujocoLayout> Known =
    [
        new MujocoLayout(222)
        {
            PositionCount = 0,
            VelocityCount = 4,
            ControlCount = 8,
            BodyCount = 16,
            TimeStep = 232,
            BodyMass = 1240,
            ControlRange = 2792,
            Positions = 40376,
            Velocities = 40384,
            Controls = 40408,
            BodyPositions = 40480,
            BodyCentres = 40504,
            SitePositions = 40552,
            Inertias = 40616,
            BodyVelocities = 40960,
            ActuatorForces = 41088,
            ConstraintForces = 41136,
            ExternalForces = 41168,
        },
    ];

    /// <summary>mjModel.nq.</summary>
    public required int PositionCount { get; init; }

    /// <summary>mjModel.nv.</summary>
    public required int VelocityCount { get; init; }

    /// <summary>mjModel.nu.</summary>
    public required int ControlCount { get; init; }

    /// <summary>mjModel.nbody.</summary>
    public required int BodyCount { get; init; }

    /// <summary>mjModel.opt.timestep.</summary>
    public required int TimeStep { get; init; }

    /// <summary>mjModel.body_mass.</summary>
    public required int BodyMass { get; init; }

    /// <summary>mjModel.actuator_ctrlrange.</summary>
    public required int ControlRange { get; init; }

    /// <summary>mjData.qpos.</summary>
    public required int Positions { get; init; }

    /// <summary>mjData.qvel.</summary>
    public required int Velocities { get; init; }

    /// <summary>mjData.ctrl.</summary>
    public required int Controls { get; init; }

    /// <summary>mjData.xpos.</summary>
    public required int BodyPositions { get; init; }

    /// <summary>mjData.xipos.</summary>
    public required int BodyCentres { get; init; }

    /// <summary>mjData.site_xpos.</summary>
    public required int SitePositions { get; init; }

    /// <summary>mjData.cinert.</summary>
    public required int Inertias { get; init; }

    /// <summary>mjData.cvel.</summary>
    public required int BodyVelocities { get; init; }

    /// <summary>mjData.qfrc_actuator.</summary>
    public required int ActuatorForces { get; init; }

    /// <summary>mjData.qfrc_constraint.</summary>
    public required int ConstraintForces { get; init; }

    /// <summary>mjData.cfrc_ext.</summary>
    public required int ExternalForces { get; init; }

    /// <summary>The layout of this version; null where it is not known.</summary>
    public static MujocoLayout? Find(int version) => Known.FirstOrDefault(layout => layout.Version == version);
}
