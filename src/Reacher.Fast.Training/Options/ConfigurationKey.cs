namespace Reacher.Fast.Training.Options;

/// <summary>
/// One key of the configuration: everything there is to know about it, once. Reading, checking, <c>--print-config</c>, the saved
/// file and the command line's flags all come from here.
/// </summary>
internal abstract class ConfigurationKey
{
    /// <summary>Stands for the behaviour's name in <see cref="Section"/>.</summary>
    public const string AnyBehavior = "*";

    /// <summary>The mapping it lies in, such as <c>behaviors.*.hyperparameters</c>; empty for the top level.</summary>
    public required string Section { get; init; }

    /// <summary>As in the file: <c>learning_rate</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, for <c>--print-config</c> and <c>--help</c>.</summary>
    public required string Comment { get; init; }

    /// <summary>The flag that overrides it, <c>--learning-rate</c>; null if there is none.</summary>
    public string? Flag { get; init; }

    /// <summary>Another name of the flag.</summary>
    public string? FlagAlias { get; init; }

    /// <summary>Whether giving the flag means false (<c>--no-stop</c>).</summary>
    public bool FlagNegates { get; init; }

    /// <summary>Whether <c>--help</c> leaves the flag out; <c>--print-config</c> shows every key.</summary>
    public bool IsAdvanced { get; init; }

    /// <summary>Whether it concerns one start only (<c>--resume</c>) and is never saved.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The only algorithm it means anything to; null for both.</summary>
    public TrainerType? Only { get; init; }

    /// <summary>Section and name.</summary>
    public string Path => Section.Length == 0 ? Name : Section + "." + Name;

    /// <summary>Whether the flag needs no value.</summary>
    public virtual bool IsSwitch => false;

    /// <summary>What a value must be: <c>a whole number from 1 to 64</c>.</summary>
    public abstract string Allowed { get; }

    /// <summary>The value where nothing is said.</summary>
    public abstract object? DefaultFor(TrainerType trainer);

    /// <summary>The value that <paramref name="text"/> means; null text is YAML's null.</summary>
    /// <exception cref="FormatException">It is none, or out of range.</exception>
    public abstract object? Parse(string? text);

    /// <summary>The value as YAML; <see cref="Parse"/> of it gives it back.</summary>
    public abstract string Format(object? value);

    /// <inheritdoc/>
    public override string ToString() => Path;
}

/// <summary>A key with its values' type.</summary>
internal abstract class ConfigurationKey<T> : ConfigurationKey
{
    /// <summary>The value where nothing is said.</summary>
    public required T Default { get; init; }

    /// <summary>TD3's, where it differs; read only if <see cref="HasTd3Default"/>.</summary>
    public T? Td3Default
    {
        get;
        init
        {
            field = value;
            HasTd3Default = true;
        }
    }

    /// <summary>Whether TD3 has a default of its own.</summary>
    public bool HasTd3Default { get; private init; }

    /// <inheritdoc/>
    public override object? DefaultFor(TrainerType trainer) => trainer == TrainerType.Td3 && HasTd3Default ? Td3Default : Default;
}
