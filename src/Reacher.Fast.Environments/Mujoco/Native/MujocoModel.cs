using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Reacher.Fast.Core;

namespace Reacher.Fast.Environments.Mujoco.Native;

/// <summary>A compiled model, <c>mjModel</c>. It is read alone once it is compiled, so that all agents of a process share it.</summary>
internal sealed unsafe class MujocoModel : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int ErrorLength = 1000;
    private const int BodyKind = 1;

    private MujocoModel(MujocoLayout layout, nint model)
        : base(ownsHandle: true)
    {
        Layout = layout;
        SetHandle(model);
    }

    /// <summary>Where the fields lie.</summary>
    public MujocoLayout Layout { get; }

    /// <summary>nq, the numbers of a position.</summary>
    public int PositionCount => Int(Layout.PositionCount);

    /// <summary>nv, the numbers of a velocity.</summary>
    public int VelocityCount => Int(Layout.VelocityCount);

    /// <summary>nu, the numbers of an action.</summary>
    public int ControlCount => Int(Layout.ControlCount);

    /// <summary>nbody, the bodies with the world.</summary>
    public int BodyCount => Int(Layout.BodyCount);

    /// <summary>Seconds of a physics step.</summary>
    public double TimeStep => *(double*)(handle + Layout.TimeStep);

    /// <summary>[nu, 2]: the least and the most of each control.</summary>
    public ReadOnlySpan<double> ControlRange => new(*(double**)(handle + Layout.ControlRange), 2 * ControlCount);

    /// <summary>[nbody]: kilograms.</summary>
    public ReadOnlySpan<double> BodyMass => new(*(double**)(handle + Layout.BodyMass), BodyCount);

    /// <summary>The model for MuJoCo's functions.</summary>
    public nint Pointer => handle;

    /// <summary>Compiles one of this assembly's models.</summary>
    /// <param name="name">Its file's name without an extension.</param>
    /// <exception cref="InputException">MuJoCo is not here.</exception>
    /// <exception cref="MujocoException">MuJoCo does not compile it.</exception>
    public static MujocoModel LoadEmbedded(string name)
    {
        MujocoLayout layout = MujocoLibrary.Load();
        string file = Path.GetTempFileName();
        try
        {
            using (Stream source = OpenEmbedded(name))
            using (FileStream copy = File.Create(file))
            {
                source.CopyTo(copy);
            }

            return LoadFile(layout, file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The text of one of this assembly's models.</summary>
    public static Stream OpenEmbedded(string name) =>
        Assembly.GetExecutingAssembly().GetManifestResourceStream($"mujoco.{name}.xml")
            ?? throw new ArgumentException($"This assembly has no model '{name}'.", nameof(name));

    /// <summary>Compiles a file.</summary>
    /// <exception cref="MujocoException">MuJoCo does not compile it.</exception>
    public static MujocoModel LoadFile(MujocoLayout layout, string file)
    {
        byte* message = stackalloc byte[ErrorLength];
        message[0] = 0;
        nint model = MujocoNative.LoadXml(file, 0, message, ErrorLength);
        MujocoLibrary.ThrowIfError("compiling a model");
        if (model == 0)
        {
            string reason = (Marshal.PtrToStringUTF8((nint)message) ?? "").ReplaceLineEndings(" ").TrimEnd('.', ' ');
            throw new MujocoException($"MuJoCo does not compile the model '{file}': {reason}.");
        }

        return new MujocoModel(layout, model);
    }

    /// <summary>The number of the body of this name.</summary>
    public int BodyOf(string name)
    {
        int id = MujocoNative.NameToId(handle, BodyKind, name);
        return id >= 0 ? id : throw new MujocoException($"The model has no body '{name}'.");
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        MujocoNative.DeleteModel(handle);
        return true;
    }

    private int Int(int offset) => *(int*)(handle + offset);
}
