namespace Reacher.Fast.Core.Environments;

/// <summary>
/// A program's own environments by name, for the command line and for the processes that it starts. The first is trained where no other is
/// named.
/// </summary>
public sealed class EnvironmentCatalog
{
    private const int LongestName = 64;
    private readonly List<KeyValuePair<string, Func<int, IVectorEnvironment>>> entries = [];

    /// <summary>The names, in the order in which they came.</summary>
    public IReadOnlyList<string> Names => [.. entries.Select(entry => entry.Key)];

    /// <summary>Makes an environment of this name for so many agents. Each env process and each evaluation makes one of its own.</summary>
    /// <param name="name">1 to 64 letters, digits, '-' and '_', in any case.</param>
    /// <exception cref="KeyNotFoundException">None has the name.</exception>
    /// <exception cref="ArgumentException">The name is none, or taken.</exception>
    public Func<int, IVectorEnvironment> this[string name]
    {
        get => Find(name) ?? throw new KeyNotFoundException($"The catalog has no environment '{name}'; it has {string.Join(", ", Names)}.");

        set
        {
            ArgumentNullException.ThrowIfNull(name);
            ArgumentNullException.ThrowIfNull(value);
            if (name.Length is 0 or > LongestName || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
            {
                throw new ArgumentException(
                    $"'{name}' is no name of an environment: it has 1 to {LongestName} letters, digits, '-' and '_'.", nameof(name));
            }

            if (Find(name) is not null)
            {
                throw new ArgumentException($"The catalog has an environment '{name}' already.", nameof(name));
            }

            entries.Add(new(name, value));
        }
    }

    /// <summary>What makes the environment of this name; null where there is none.</summary>
    public Func<int, IVectorEnvironment>? Find(string name) =>
        entries.Find(entry => entry.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
