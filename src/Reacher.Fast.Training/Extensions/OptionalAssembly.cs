using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Training.Extensions;

/// <summary>
/// An assembly of this project that a program can do without, such as <c>Reacher.Fast.Onnx</c>: what it needs is large, so it is no part of the
/// runner. A program that refers to it has it among its own assemblies. Otherwise it lies beside the program, with everything that it needs, in a
/// folder of its own name, and is loaded from there by <see cref="OptionalAssemblyContext"/>.
/// </summary>
public static class OptionalAssembly
{
    // By file: what is loaded stays loaded, and a second copy of it would not share the first one's state.
    private static readonly ConcurrentDictionary<string, Assembly> Loaded = new(StringComparer.Ordinal);

    /// <summary>Makes an object of the one public class of the assembly that implements <typeparamref name="T"/>.</summary>
    /// <typeparam name="T">What is asked for, an interface of one of this project's libraries.</typeparam>
    /// <param name="name">The assembly's name, such as <c>Reacher.Fast.Onnx</c>.</param>
    /// <param name="purpose">What it is needed for, as the beginning of a sentence: <c>To play 'policy.onnx'</c>.</param>
    /// <exception cref="InputException">It is missing, of another version than this program, or cannot be used.</exception>
    public static T Create<T>(string name, string purpose)
        where T : class => Create<T>(name, purpose, FindReferenced(name), AppContext.BaseDirectory);

    /// <summary>Whether there is one, of whatever version.</summary>
    internal static bool IsThere(string name) =>
        FindReferenced(name) is not null || File.Exists(Path.Combine(AppContext.BaseDirectory, name, name + ".dll"));

    /// <summary>As <see cref="Create{T}(string, string)"/>, beside a program whose folder is <paramref name="programFolder"/>.</summary>
    internal static T Create<T>(string name, string purpose, Assembly? referenced, string programFolder)
        where T : class
    {
        string folder = Path.Combine(programFolder, name);
        string file = Path.Combine(folder, name + ".dll");
        try
        {
            return CreateFrom<T>(referenced ?? Load(name, purpose, folder, file));
        }
        catch (Exception error) when (error is BadImageFormatException or FileLoadException or FileNotFoundException or TypeLoadException or
            MissingMemberException or ReflectionTypeLoadException or TargetInvocationException or InvalidOperationException)
        {
            Exception cause = error is TargetInvocationException { InnerException: Exception inner } ? inner : error;
            string place = referenced is null ? $"'{file}'" : "the one that this program refers to";
            throw new InputException(
                $"{purpose}, {name} is needed, and {place} cannot be used ({QuotedName.Reason(cause)}); put that of version {OurVersion} in its " +
                "place.",
                error);
        }
    }

    /// <summary>The version of this program, without the commit.</summary>
    internal static string OurVersion { get; } = WithoutCommit(
        typeof(InputException).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);

    private static Assembly? FindReferenced(string name)
    {
        try
        {
            return Assembly.Load(new AssemblyName(name));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    // The version is read from the file before anything of it is loaded: an assembly of another version may fail anywhere, and much later.
    private static Assembly Load(string name, string purpose, string folder, string file)
    {
        if (!File.Exists(file))
        {
            throw new InputException(
                $"{purpose}, {name} is needed, which is not here: put the folder '{name}' of version {OurVersion} beside this program as " +
                $"'{folder}', or build it there from the sources with: dotnet publish src/{name} -c Release " +
                $"-r {RuntimeInformation.RuntimeIdentifier} --no-self-contained -o \"{folder}\"");
        }

        string theirs = WithoutCommit(FileVersionInfo.GetVersionInfo(file).ProductVersion);
        return theirs == OurVersion
            ? Loaded.GetOrAdd(file, _ => new OptionalAssemblyContext(folder, name).LoadWhole())
            : throw new InputException(
                $"{purpose}, {name} is needed, and '{file}' is of version {(theirs.Length > 0 ? theirs : "unknown")} where this program is of " +
                $"version {OurVersion}; put that of the same version in its place.");
    }

    private static T CreateFrom<T>(Assembly assembly)
        where T : class
    {
        Type type = assembly.GetExportedTypes().SingleOrDefault(candidate => candidate.IsClass && typeof(T).IsAssignableFrom(candidate))
            ?? throw new InvalidOperationException($"it has no public class that is a {typeof(T).Name}");
        return (T)Activator.CreateInstance(type)!;
    }

    private static string WithoutCommit(string? version) => version?.Split('+')[0] ?? "";
}
