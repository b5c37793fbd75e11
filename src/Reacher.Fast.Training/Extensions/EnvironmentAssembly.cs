using System.Collections.Concurrent;
using System.Reflection;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Files;

namespace Reacher.Fast.Training.Extensions;

/// <summary>
/// A user's assembly that holds an environment: a public class that is an <see cref="IVectorEnvironment"/> with a constructor that takes the
/// number of agents, or an <see cref="IEnvironment"/> with one that takes nothing.
/// </summary>
internal sealed class EnvironmentAssembly
{
    // By file: what is loaded stays loaded, and each env process makes one environment or two.
    private static readonly ConcurrentDictionary<string, EnvironmentAssembly> Loaded = new(StringComparer.Ordinal);

    private readonly string file;
    private readonly Type[] types;

    private EnvironmentAssembly(string file)
    {
        this.file = file;
        types = [.. new EnvironmentAssemblyContext(file).LoadWhole().GetExportedTypes().Where(IsEnvironment)];
    }

    /// <summary>Makes an environment.</summary>
    /// <param name="path">The assembly.</param>
    /// <param name="typeName">The class, with or without its namespace; null for the only one that there is.</param>
    /// <param name="agents">The number of agents.</param>
    /// <exception cref="InputException">It cannot be made; the sentence says why.</exception>
    public static IVectorEnvironment Create(string path, string? typeName, int agents) =>
        Use(path, assembly => assembly.Create(assembly.Choose(typeName), agents));

    /// <summary>The name of the class, without its namespace. Parameters and errors as for <see cref="Create(string, string?, int)"/>.</summary>
    public static string NameOf(string path, string? typeName) => Use(path, assembly => assembly.Choose(typeName).Name);

    private static T Use<T>(string path, Func<EnvironmentAssembly, T> use)
    {
        string file = Path.GetFullPath(path);
        if (!File.Exists(file))
        {
            throw new InputException($"There is no assembly '{path}'; name one that holds an environment, as FILE.dll or FILE.dll#TYPE.");
        }

        try
        {
            return use(Loaded.GetOrAdd(file, static name => new EnvironmentAssembly(name)));
        }
        catch (TargetInvocationException error) when (error.InnerException is InputException cause)
        {
            throw new InputException(cause.Message, cause);
        }
        catch (Exception error) when (error is BadImageFormatException or FileLoadException or FileNotFoundException or TypeLoadException or
            MissingMemberException or ReflectionTypeLoadException or TargetInvocationException || IoFailure.Is(error))
        {
            Exception cause = error is TargetInvocationException { InnerException: Exception inner } ? inner : error;
            throw new InputException($"The environment of '{path}' cannot be made ({QuotedName.Reason(cause)}).", error);
        }
    }

    private static bool IsEnvironment(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false } &&
        (IsOfMany(type) || typeof(IEnvironment).IsAssignableFrom(type));

    private static bool IsOfMany(Type type) => typeof(IVectorEnvironment).IsAssignableFrom(type);

    private IVectorEnvironment Create(Type type, int agents)
    {
        if (!IsOfMany(type))
        {
            Require(type, [], "takes nothing");
            return VectorEnvironment.Of(() => (IEnvironment)Activator.CreateInstance(type)!, agents);
        }

        Require(type, [typeof(int)], "takes the number of agents");
        return (IVectorEnvironment)Activator.CreateInstance(type, agents)!;
    }

    private Type Choose(string? typeName)
    {
        Type[] chosen = typeName is null ? types : [.. types.Where(type => type.Name == typeName || type.FullName == typeName)];
        return chosen.Length == 1
            ? chosen[0]
            : throw new InputException(types.Length == 0
                ? $"'{file}' has no environment: no public class in it is an IVectorEnvironment or an IEnvironment."
                : $"'{file}' has {(typeName is null ? $"{types.Length} environments" : $"no environment '{typeName}'")}; write one of them " +
                    $"after a '#': {string.Join(", ", types.Select(type => type.Name).Order(StringComparer.Ordinal))}.");
    }

    private void Require(Type type, Type[] parameters, string what)
    {
        if (type.GetConstructor(parameters) is null)
        {
            throw new InputException($"The environment {type.Name} of '{file}' has no public constructor that {what}; add one.");
        }
    }
}
