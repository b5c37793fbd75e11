using Microsoft.Win32.SafeHandles;

namespace Reacher.Fast.Environments.Mujoco.Native;

/// <summary>One world of a model, <c>mjData</c>: its state, and what MuJoCo computes from it. For one thread at a time.</summary>
internal sealed unsafe class MujocoData : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly MujocoModel model;
    private readonly MujocoLayout layout;
    private readonly int positions;
    private readonly int velocities;
    private readonly int controls;
    private readonly int bodies;

    /// <summary>A world as the model describes it.</summary>
    /// <param name="model">The model, which must live as long; this holds on to it.</param>
    /// <exception cref="MujocoException">It cannot be made.</exception>
    public MujocoData(MujocoModel model)
        : base(ownsHandle: true)
    {
        bool held = false;
        model.DangerousAddRef(ref held);
        this.model = model;
        layout = model.Layout;
        (positions, velocities, controls, bodies) = (model.PositionCount, model.VelocityCount, model.ControlCount, model.BodyCount);
        SetHandle(MujocoNative.MakeData(model.Pointer));
        MujocoLibrary.ThrowIfError("making a world");
        if (IsInvalid)
        {
            model.DangerousRelease();
            throw new MujocoException("MuJoCo has no memory for another world; train with fewer agents.");
        }
    }

    /// <summary>The model.</summary>
    public MujocoModel Model => model;

    /// <summary>qpos.</summary>
    public Span<double> Positions => Numbers(layout.Positions, positions);

    /// <summary>qvel.</summary>
    public Span<double> Velocities => Numbers(layout.Velocities, velocities);

    /// <summary>ctrl.</summary>
    public Span<double> Controls => Numbers(layout.Controls, controls);

    /// <summary>cinert: ten numbers a body.</summary>
    public ReadOnlySpan<double> Inertias => Numbers(layout.Inertias, 10 * bodies);

    /// <summary>cvel: six numbers a body.</summary>
    public ReadOnlySpan<double> BodyVelocities => Numbers(layout.BodyVelocities, 6 * bodies);

    /// <summary>qfrc_actuator.</summary>
    public ReadOnlySpan<double> ActuatorForces => Numbers(layout.ActuatorForces, velocities);

    /// <summary>qfrc_constraint.</summary>
    public ReadOnlySpan<double> ConstraintForces => Numbers(layout.ConstraintForces, velocities);

    /// <summary>cfrc_ext: six numbers a body.</summary>
    public ReadOnlySpan<double> ExternalForces => Numbers(layout.ExternalForces, 6 * bodies);

    /// <summary>xpos: where a body is.</summary>
    public ReadOnlySpan<double> BodyPosition(int body) => Numbers(layout.BodyPositions, 3 * bodies).Slice(3 * body, 3);

    /// <summary>xipos: three numbers a body, its centre of mass.</summary>
    public ReadOnlySpan<double> BodyCentres => Numbers(layout.BodyCentres, 3 * bodies);

    /// <summary>site_xpos of the model's first site.</summary>
    public ReadOnlySpan<double> FirstSite => Numbers(layout.SitePositions, 3);

    /// <summary>Back to the model's own state.</summary>
    public void Reset() => MujocoNative.ResetData(model.Pointer, handle);

    /// <summary>Computes everything from the state, without moving.</summary>
    public void Forward()
    {
        MujocoNative.Forward(model.Pointer, handle);
        MujocoLibrary.ThrowIfError("beginning an episode");
    }

    /// <summary>So many physics steps with the controls as they are, and the forces of contacts after the last.</summary>
    public void Step(int count)
    {
        for (int i = 0; i < count; i++)
        {
            MujocoNative.Step(model.Pointer, handle);
        }

        MujocoNative.RnePostConstraint(model.Pointer, handle);
        MujocoLibrary.ThrowIfError("stepping");
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        MujocoNative.DeleteData(handle);
        model.DangerousRelease();
        return true;
    }

    private Span<double> Numbers(int offset, int count) => new(*(double**)(handle + offset), count);
}
