using System.Reflection;
using System.Runtime.Loader;

namespace Reacher.Fast.Training.Extensions;

/// <summary>
/// Where a user's assembly lives. What it needs is found as its build has written down (its .deps.json), but this project's libraries are the
/// program's: both must mean the same type by an environment.
/// </summary>
internal sealed class EnvironmentAssemblyContext : AssemblyLoadContext
{
    private const string ThisProject = "Reacher.Fast";
    private readonly string file;
    private readonly AssemblyDependencyResolver resolver;

    /// <summary>A context in which nothing is loaded yet.</summary>
    /// <param name="file">The assembly, as a full path.</param>
    public EnvironmentAssemblyContext(string file)
        : base(Path.GetFileName(file))
    {
        this.file = file;
        resolver = new AssemblyDependencyResolver(file);
        // Asked last, for an assembly that is called like this project's and that the program has not.
        Resolving += (_, name) => Resolve(name);
    }

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
        return isShared ? null : Resolve(assemblyName);
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is string path ? LoadUnmanagedDllFromPath(path) : 0;

    private Assembly? Resolve(AssemblyName name) => resolver.ResolveAssemblyToPath(name) is string path ? LoadFromAssemblyPath(path) : null;
}
