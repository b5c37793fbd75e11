using System.Runtime.InteropServices;

namespace Reacher.Fast.Environments.Mujoco.Native;

/// <summary>MuJoCo's functions, declarations only; <see cref="MujocoLibrary"/> finds the library.</summary>
internal static unsafe partial class MujocoNative
{
    [LibraryImport(MujocoLibrary.ImportName, EntryPoint = "mj_version")]
    internal static partial int Version();

    [LibraryImport(MujocoLibrary.ImportName, EntryPoint = "mj_loadXML", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint LoadXml(string file, nint files, byte* error, int errorSize);

    [LibraryImport(MujocoLibrary.ImportName, EntryPoint = "mj_deleteModel")]
    internal static partial void DeleteModel(nint model);

    [LibraryImport(MujocoLibrary.ImportName, EntryPoint = "mj_makeData")]
    internal static partial nint MakeData(nint model);

    [LibraryImport(MujocoLibrary.ImportName, EntryPoint = "mj_deleteData")]
    internal static partial void DeleteData(nint data);

    [LibraryImport(MujocoLibrary.ImportName, EntryPoint = "mj_resetData")]
    internal static partial void ResetData(nint model, nint data);

    [LibraryImport(MujocoLibrary.ImportName, EntryPoint = "mj_forward")]
    internal static partial void Forward(nint model, nint data);

    [LibraryImport(MujocoLibrary.ImportName, EntryPoint = "mj_step")]
    internal static partial void Step(nint model, nint data);

    [LibraryImport(MujocoLibrary.ImportName, EntryPoint = "mj_rnePostConstraint")]
    internal static partial void RnePostConstraint(nint model, nint data);

    [LibraryImport(MujocoLibrary.ImportName, EntryPoint = "mj_name2id", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int NameToId(nint model, int kind, string name);
}
