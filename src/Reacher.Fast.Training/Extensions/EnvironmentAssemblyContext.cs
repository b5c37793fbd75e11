using System.Reflection;
using System.Runtime.Loader;

namespace Reacher.Fast.Training.Extensions;

/// <summary>
/// Where a user's assembly lives. What it needs is found as its build has written down (its .deps.json), but this project's libraries are the
/// program's: both must mean the same type by an environment.
/// </summary>
/// <param name="file">The assembly, as a full path.</param>
internal sealed class EnvironmentAssemblyContext(string file) : AssemblyLoadContext(Path.GetFileName(file))
{
    private const string ThisProject = "Reacher.Fast";
    private readonly AssemblyDependencyResolver resolver = new(file);

    /// <summary>Loads the assembly and those that it refers to, so that a missing one is missed here and not in the middle of a run.</summary>
    public Assembly LoadWhole()
    {
        Assembly assembly = LoadFromAssemblyPath(file);
        foreach (AssemblyName reference in assembly.GetReferencedAssemblies())
        {
            LoadFromAssemblyName(reference);
        }

        return assembly;
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        bool isShared = assemblyName.Name == ThisProject || assemblyName.Name!.StartsWith(ThisProject + ".", StringComparison.Ordinal);
        return !isShared && resolver.ResolveAssemblyToPath(assemblyName) is string path ? LoadFromAssemblyPath(path) : null;
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is string path ? LoadUnmanagedDllFromPath(path) : 0;
}
