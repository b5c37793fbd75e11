using System.Runtime.InteropServices;
using System.Text;

namespace Reacher.Fast.Torch.Loading;

/// <summary>
/// <c>dlopen</c> with everything bound at once. .NET's own way binds lazily, and a symbol that a library lacks would then end the process at its
/// first call instead of being named here.
/// </summary>
internal static unsafe class NativeLoader
{
    private const int BindNow = 2; // RTLD_NOW

    // By pointer, because between two imports the runtime itself may load a library, and the text of the failure would be gone.
    private static readonly nint C = NativeLibrary.Load("libc.so.6");

    private static readonly delegate* unmanaged<byte*, int, nint> Open =
        (delegate* unmanaged<byte*, int, nint>)NativeLibrary.GetExport(C, "dlopen");

    private static readonly delegate* unmanaged<byte*> Error = (delegate* unmanaged<byte*>)NativeLibrary.GetExport(C, "dlerror");

    /// <summary>Loads the library for the rest of the process. False, and the system's words for it, where it cannot be.</summary>
    public static bool TryOpen(string path, out nint library, out string reason)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            library = Open(name, BindNow);
            reason = library == 0 ? Marshal.PtrToStringUTF8((nint)Error()) ?? "no reason was given" : "";
        }

        return library != 0;
    }
}
