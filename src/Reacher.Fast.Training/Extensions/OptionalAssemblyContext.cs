using System.Reflection;
using System.Runtime.Loader;

namespace Reacher.Fast.Training.Extensions;

/// <summary>
/// Where an optional assembly lives: beside the program's own assemblies and apart from them. What lies in its folder is its own, in whatever
/// version, and the program never meets it. Two things are the program's: this project's libraries, because both must mean the same type by
/// <c>IPolicy</c>, and everything that the folder does not hold, such as the runtime. A native library is found beside the assembly that asks for it.
/// </summary>
/// <param name="folder">The folder that holds the assembly and what it needs.</param>
/// <param name="name">The assembly's name.</param>
internal sealed class OptionalAssemblyContext(string folder, string name) : AssemblyLoadContext(name)
{
    private const string ThisProject = "Reacher.Fast.";

    /// <summary>Loads the assembly and those that it refers to, so that a missing one is missed here and not in the middle of some work.</summary>
    public Assembly LoadWhole()
    {
        Assembly assembly = LoadFromAssemblyPath(Path.Combine(folder, Name + ".dll"));
        foreach (AssemblyName reference in assembly.GetReferencedAssemblies())
        {
            LoadFromAssemblyName(reference);
        }

        return assembly;
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string file = Path.Combine(folder, assemblyName.Name + ".dll");
        bool isShared = assemblyName.Name!.StartsWith(ThisProject, StringComparison.Ordinal) && assemblyName.Name != Name;
        return isShared || !File.Exists(file) ? null : LoadFromAssemblyPath(file);
    }
}
