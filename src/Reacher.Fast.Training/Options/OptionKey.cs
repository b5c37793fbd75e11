using System.Reflection;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Options;

namespace Reacher.Fast.Training.Options;

/// <summary>
/// One key of the configuration: an option's property, and the way to it from the run's options. What there is to know about it stands in
/// the property's <see cref="OptionAttribute"/>.
/// </summary>
internal sealed class OptionKey
{
    private readonly OptionAttribute option;
    private readonly PropertyInfo property;
    private readonly OptionHolder holder;
    private readonly OptionFlag flag;

    /// <summary>The key of <paramref name="property"/>, which <paramref name="holder"/> has.</summary>
    public OptionKey(OptionAttribute option, PropertyInfo property, OptionHolder holder)
    {
        (this.option, this.property, this.holder) = (option, property, holder);
        flag = OptionFlag.Of(Path, option.Name);
    }

    /// <summary>The mapping it lies in, such as <c>behaviors.*.hyperparameters</c>; empty for the top level.</summary>
    public string Section => option.Section;

    /// <summary>As in the file: <c>learning_rate</c>.</summary>
    public string Name => option.Name;

    /// <summary>The section and the name, joined by a dot.</summary>
    public string Path => Section.Length == 0 ? Name : Section + "." + Name;

    /// <summary>What it does, for <c>--print-config</c> and <c>--help</c>.</summary>
    public string Meaning => option.Meaning;

    /// <summary>The flag that overrides it.</summary>
    public string Flag => flag.Name;

    /// <summary>Another name of the flag; null if it has none.</summary>
    public string? FlagAlias => flag.Alias;

    /// <summary>Whether giving the flag means false (<c>--no-stop</c>).</summary>
    public bool FlagNegates => flag.Negates;

    /// <summary>Whether it concerns one start only (<c>--resume</c>) and is never saved.</summary>
    public bool IsTransient => option.IsTransient;

    /// <summary>Its place among the keys of its section.</summary>
    public int Order => option.Order;

    /// <summary>Whether the flag needs no value.</summary>
    public bool IsSwitch => property.PropertyType == typeof(bool);

    /// <summary>Whether its value is a list of texts.</summary>
    public bool IsList => property.PropertyType == typeof(IReadOnlyList<string>);

    /// <summary>The only algorithm it means anything to; null for both.</summary>
    public TrainerType? Only =>
        holder.Type == typeof(SacOptions) ? TrainerType.Sac
        : holder.Type == typeof(Td3Options) ? TrainerType.Td3
        : null;

    /// <summary>Whether it says which environment there is, or how it is set up; what is learned and how does not depend on it.</summary>
    public bool IsOfEnvironment => holder.Type == typeof(EnvironmentOptions);

    /// <summary>What a value must be: <c>a whole number from 1 to 64</c>.</summary>
    public string Allowed => OptionValue.DescribeAllowed(option, property.PropertyType);

    /// <summary>The value in <paramref name="options"/>; the default where they are another algorithm's.</summary>
    public object? Get(RunOptions options) =>
        property.GetValue(holder.Read(options) ?? holder.Read(BuiltInTask.Default.Begin(Only ?? options.Trainer)));

    /// <summary>The options with another value, which must be one that it allows; unchanged where they are another algorithm's.</summary>
    public RunOptions Set(RunOptions options, object? value)
    {
        if (holder.Copy(options) is not { } copy)
        {
            return options;
        }

        property.SetValue(copy, value);
        return holder.Write(options, copy);
    }

    /// <summary>The value where nothing is said.</summary>
    public object? DefaultFor(TrainerType trainer) =>
        this == OptionKeys.EnvironmentName ? ProgramEnvironments.DefaultName : Get(BuiltInTask.Default.Begin(trainer));

    /// <summary>The value that <paramref name="text"/> means; null text is YAML's null, which stands for a text's default.</summary>
    /// <exception cref="FormatException">It is none, or out of range.</exception>
    public object? Parse(string? text) => text is null && property.PropertyType == typeof(string)
        ? DefaultFor(TrainerType.Sac)
        : OptionValue.Parse(option, property.PropertyType, text);

    /// <summary>The value in <paramref name="options"/> as YAML; <see cref="Parse"/> of it gives it back.</summary>
    public string Format(RunOptions options) => OptionValue.Format(Get(options));

    /// <inheritdoc/>
    public override string ToString() => Path;
}
