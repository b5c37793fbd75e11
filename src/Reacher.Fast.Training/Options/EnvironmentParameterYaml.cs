using System.Globalization;
using Reacher.Fast.Environments.MlAgents.Messages;

namespace Reacher.Fast.Training.Options;

/// <summary>
/// A parameter of the environment as ML-Agents' files have it: a number, or a sampler (<c>sampler_type</c> and <c>sampler_parameters</c>),
/// which the scene samples itself. A curriculum is not one of these; the caller reports it.
/// </summary>
internal static class EnvironmentParameterYaml
{
    private const string Type = "sampler_type";
    private const string Parameters = "sampler_parameters";

    /// <summary>The parameter in <paramref name="value"/>; null for a curriculum.</summary>
    /// <param name="value">A number or a mapping.</param>
    /// <exception cref="FormatException">It is neither; the message says what is wrong behind the parameter's name.</exception>
    public static EnvironmentParameter? Read(YamlTree value)
    {
        if (value is YamlScalar number)
        {
            return Number(number);
        }

        if (value is YamlMapping curriculum && curriculum.Find("curriculum") is not null)
        {
            return null;
        }

        if (value is not YamlMapping sampler || sampler.Find(Type) is not YamlScalar type)
        {
            throw new FormatException($"must be a number, or a sampler with {Type} and {Parameters}");
        }

        return type.Text switch
        {
            "constant" => Named(sampler, "value"),
            "uniform" => new EnvironmentParameter.Uniform(Named(sampler, "min_value"), Named(sampler, "max_value")),
            "gaussian" => new EnvironmentParameter.Gaussian(Named(sampler, "mean"), Named(sampler, "st_dev")),
            "multirangeuniform" => new EnvironmentParameter.MultiRange(Intervals(sampler)),
            _ => throw new FormatException($"has the {Type} {type.Text ?? "null"}, and must have constant, uniform, gaussian or multirangeuniform"),
        };
    }

    /// <summary>The parameter as YAML on one line; <see cref="Read"/> of it gives it back.</summary>
    public static string Format(EnvironmentParameter parameter) => parameter switch
    {
        EnvironmentParameter.Constant constant => Text(constant.Value),
        EnvironmentParameter.Uniform uniform => Sampler("uniform", $"min_value: {Text(uniform.Minimum)}, max_value: {Text(uniform.Maximum)}"),
        EnvironmentParameter.Gaussian gaussian => Sampler("gaussian", $"mean: {Text(gaussian.Mean)}, st_dev: {Text(gaussian.StandardDeviation)}"),
        EnvironmentParameter.MultiRange ranges => Sampler(
            "multirangeuniform",
            $"intervals: [{string.Join(", ", ranges.Bounds.Chunk(2).Select(range => $"[{Text(range[0])}, {Text(range[1])}]"))}]"),
        _ => throw new ArgumentOutOfRangeException(nameof(parameter)),
    };

    private static string Sampler(string type, string parameters) => $"{{{Type}: {type}, {Parameters}: {{{parameters}}}}}";

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static float Named(YamlMapping sampler, string name) =>
        sampler.Find(Parameters) is YamlMapping parameters && parameters.Find(name) is YamlScalar value
            ? Number(value)
            : throw new FormatException($"is a sampler without {name} in its {Parameters}");

    private static List<float> Intervals(YamlMapping sampler)
    {
        var bounds = new List<float>();
        if (sampler.Find(Parameters) is YamlMapping parameters && parameters.Find("intervals") is YamlSequence { Items.Count: > 0 } intervals)
        {
            foreach (YamlTree item in intervals.Items)
            {
                if (item is not YamlSequence { Items: [YamlScalar minimum, YamlScalar maximum] })
                {
                    throw new FormatException("has an interval that is not two numbers, as in [[7, 10], [15, 20]]");
                }

                bounds.Add(Number(minimum));
                bounds.Add(Number(maximum));
            }

            return bounds;
        }

        throw new FormatException($"is a sampler without intervals in its {Parameters}");
    }

    private static float Number(YamlScalar scalar) =>
        float.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out float number) && float.IsFinite(number)
            ? number
            : throw new FormatException($"is {scalar.Text ?? "null"}, and must be a number");
}
