using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Reacher.Fast.Core;

namespace Reacher.Fast.Environments.Mujoco.Native;

/// <summary>
/// Finds MuJoCo's library at run time and takes its errors and warnings. A machine without it is an ordinary machine: only its own
/// environments cannot be made there.
/// </summary>
internal static unsafe class MujocoLibrary
{
    /// <summary>The name that <see cref="MujocoNative"/> declares its imports under.</summary>
    public const string ImportName = "reacher-fast-mujoco";

    /// <summary>Environment variable: the path of the library, instead of the system's.</summary>
    public const string PathVariable = "REACHER_FAST_MUJOCO";

    private static readonly Lock Gate = new();
    private static nint handle;
    private static bool resolverSet;
    private static MujocoLayout? layout;

    // What MuJoCo said during the call that this thread is in.
    [ThreadStatic]
    private static string? error;

    [ThreadStatic]
    private static string? warning;

    /// <summary>The names tried, in this order.</summary>
    public static IReadOnlyList<string> Candidates
    {
        get
        {
            string? path = Environment.GetEnvironmentVariable(PathVariable);
            return !string.IsNullOrEmpty(path) ? [path]
                : OperatingSystem.IsWindows() ? ["mujoco.dll"]
                : ["libmujoco.so.2.2.2", "libmujoco.so"];
        }
    }

    /// <summary>Loads the library once for the process. False, and why, if there is none that is known.</summary>
    /// <param name="found">Where the fields of its structures lie.</param>
    /// <param name="reason">Why it cannot be used, a sentence without its full stop.</param>
    public static bool TryLoad(out MujocoLayout? found, out string reason) => TryLoad(Candidates, out found, out reason);

    /// <summary>The layout of the library, which is loaded if it has not been.</summary>
    /// <exception cref="InputException">There is none, or its version is not known.</exception>
    public static MujocoLayout Load() => TryLoad(out MujocoLayout? found, out string reason)
        ? found!
        : throw new InputException($"MuJoCo's tasks cannot be made: {reason}.");

    /// <summary>Why a library of this version is not used; null for one that is known.</summary>
    internal static string? Refusal(int version) => MujocoLayout.Find(version) is not null ? null
        : $"MuJoCo's library is of version {NameOf(version)}, and its structures are known for " +
            $"{string.Join(", ", MujocoLayout.Known.Select(known => NameOf(known.Version)))} alone; name a library of that version in {PathVariable}";

    /// <summary>As <see cref="TryLoad(out MujocoLayout, out string)"/>, from these names alone.</summary>
    internal static bool TryLoad(IReadOnlyList<string> candidates, out MujocoLayout? found, out string reason)
    {
        lock (Gate)
        {
            if (!resolverSet)
            {
                NativeLibrary.SetDllImportResolver(typeof(MujocoLibrary).Assembly, Resolve);
                resolverSet = true;
            }

            reason = "";
            if (layout is null && !TryOpen(candidates))
            {
                reason = $"MuJoCo's library is not here (tried {string.Join(", ", candidates)}); install it (Debian: apt-get install " +
                    $"libmujoco2.2.2), or name the library's path in {PathVariable}";
            }
            else if (layout is null && Refusal(MujocoNative.Version()) is string refusal)
            {
                reason = refusal;
            }
            else if (layout is null)
            {
                layout = MujocoLayout.Find(MujocoNative.Version());
                *(nint*)NativeLibrary.GetExport(handle, "mju_user_error") = (nint)(delegate* unmanaged[Cdecl]<byte*, void>)&OnError;
                *(nint*)NativeLibrary.GetExport(handle, "mju_user_warning") = (nint)(delegate* unmanaged[Cdecl]<byte*, void>)&OnWarning;
            }

            found = layout;
            return layout is not null;
        }
    }

    /// <summary>Throws the error that MuJoCo found in this thread's last calls.</summary>
    /// <exception cref="MujocoException">There was one.</exception>
    internal static void ThrowIfError(string doing)
    {
        if (error is string message)
        {
            error = null;
            throw new MujocoException($"MuJoCo failed while {doing}: {message.TrimEnd('.', ' ', '\n')}.");
        }
    }

    /// <summary>What MuJoCo warned of in this thread's last calls, once; null for nothing.</summary>
    internal static string? TakeWarning()
    {
        string? said = warning;
        if (said is not null)
        {
            warning = null;
        }

        return said;
    }

    private static bool TryOpen(IReadOnlyList<string> candidates)
    {
        foreach (string candidate in handle == 0 ? candidates : [])
        {
            if (NativeLibrary.TryLoad(candidate, out handle))
            {
                break;
            }
        }

        return handle != 0;
    }

    /// <summary>A version as its makers write it: 222 is 2.2.2.</summary>
    internal static string NameOf(int version) => $"{version / 100}.{version / 10 % 10}.{version % 10}";

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == ImportName ? handle : 0;

    // An exception cannot pass through MuJoCo's own frames, so it is thrown once the call has come back. MuJoCo does not expect that it
    // does and may die of it, so what it said is on standard error by then.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnError(byte* message)
    {
        error = Marshal.PtrToStringUTF8((nint)message) ?? "it did not say why";
        Console.Error.WriteLine($"MuJoCo: {error}");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnWarning(byte* message) => warning = Marshal.PtrToStringUTF8((nint)message);
}
