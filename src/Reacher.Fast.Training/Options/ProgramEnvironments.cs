using Reacher.Fast.Core.Environments;
using Reacher.Fast.Training.Extensions;

namespace Reacher.Fast.Training.Options;

/// <summary>
/// The environments that this program brings besides the built-in ones. The processes of a run are this program too, so each of them has the
/// same ones, and a name is enough to tell one of them which to make.
/// </summary>
internal static class ProgramEnvironments
{
    private const string AssemblyExtension = ".dll";
    private static volatile EnvironmentCatalog? current;

    /// <summary>The environment of a run that names none: the first of the program's own, or else the arm.</summary>
    public static string DefaultName => current?.Names is [string first, ..] ? first : EnvironmentOptions.Arm;

    /// <summary>What to say of a name that is no player's, because it may have been meant for an environment of a program's own.</summary>
    public static string MeantOtherwise => current?.Names is [_, ..] names
        ? $"This program's own environments are {string.Join(", ", names)}."
        : "If it is an environment of a program's own, that program has to be asked, because no other knows it.";

    /// <summary>Whether the program has environments of its own.</summary>
    public static bool Any => current?.Names.Count > 0;

    /// <summary>From here on the program's environments are those of <paramref name="catalog"/>.</summary>
    /// <exception cref="ArgumentException">One has a name that means something else.</exception>
    public static void Use(EnvironmentCatalog? catalog)
    {
        if (catalog?.Names.FirstOrDefault(name => EnvironmentOptions.IsBuiltIn(name) || name == EnvironmentOptions.Editor) is string taken)
        {
            throw new ArgumentException($"'{taken}' is built in, so an environment of one's own needs another name.", nameof(catalog));
        }

        current = catalog;
    }

    /// <summary>What makes the program's environment of this name; null where it has none.</summary>
    public static Func<int, IVectorEnvironment>? Find(string name) => current?.Find(name);

    /// <summary>Whether the name is that of an assembly with an environment, such as <c>Mine.dll</c> or <c>Mine.dll#SwingUp</c>.</summary>
    public static bool IsAssembly(string name) =>
        Path.GetExtension(SplitAssembly(name).File).Equals(AssemblyExtension, StringComparison.OrdinalIgnoreCase);

    /// <summary>The file and the type of an assembly's name; null where no type is named.</summary>
    public static (string File, string? Type) SplitAssembly(string name)
    {
        // A folder may be called C#.
        int hash = name.LastIndexOf(AssemblyExtension + "#", StringComparison.OrdinalIgnoreCase);
        return hash < 0 ? (name, null) : (name[..(hash + AssemblyExtension.Length)], name[(hash + AssemblyExtension.Length + 1)..]);
    }

    /// <summary>What an environment of the program's own is called in files and in Unity; null for a built-in one, or a player.</summary>
    public static string? BehaviorOf(string name) => Find(name) is not null ? name
        : IsAssembly(name) && SplitAssembly(name) is var (file, type) ? EnvironmentAssembly.NameOf(file, type)
        : null;
}
