using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Core.Tests.Networks;

public sealed class WeightInitializerTests
{
    private static readonly Parameter[] Critic = NetworkParameters.ForTwinCritic(37, [64, 48], layerNorm: true);
    private static readonly Parameter[] Actor = NetworkParameters.ForPolicy(new PolicySpec(PolicyKind.SquashedGaussian, 33, 4, [64, 64], false));

    [Test]
    public void Uniform_fan_in_fills_plus_minus_one_over_the_root_of_the_inputs()
    {
        foreach ((Parameter parameter, float[] values) in Filled(Critic, WeightInitialization.UniformFanIn))
        {
            if (parameter.Role is ParameterRole.Gain or ParameterRole.Shift)
            {
                Assert.That(values, Has.All.EqualTo(parameter.Role == ParameterRole.Gain ? 1 : 0));
                continue;
            }

            float bound = 1 / MathF.Sqrt(parameter.FanIn);
            Assert.That(values, Has.All.InRange(-bound, bound), parameter.Shape.Name);
            if (values.Length > 1000)
            {
                Assert.That(values.Max(), Is.GreaterThan(0.99f * bound));
                Assert.That(values.Min(), Is.LessThan(-0.99f * bound));
                Assert.That(values.Average(), Is.EqualTo(0).Within(bound * 5 / Math.Sqrt(3.0 * values.Length)));
            }
        }
    }

    [Test]
    public void Orthogonal_matrices_are_orthogonal_along_their_shorter_side_with_the_layers_gain()
    {
        foreach (Parameter[] network in new[] { Critic, Actor })
        {
            foreach ((Parameter parameter, float[] values) in Filled(network, WeightInitialization.Orthogonal))
            {
                (int rows, int columns) = (parameter.Shape.Rows, parameter.Shape.Columns);
                if (parameter.Role is not (ParameterRole.Weight or ParameterRole.ValueWeight))
                {
                    Assert.That(values, Has.All.EqualTo(parameter.Role == ParameterRole.Gain ? 1 : 0));
                    continue;
                }

                double gain = !parameter.Output ? Math.Sqrt(2) : parameter.Role == ParameterRole.ValueWeight ? 1 : 0.01;
                bool alongRows = rows <= columns;
                (int count, int length) = (Math.Min(rows, columns), Math.Max(rows, columns));
                for (int head = 0; head < parameter.Shape.Heads; head++)
                {
                    float At(int v, int e) => values[(head * rows * columns) + (alongRows ? (v * columns) + e : (e * columns) + v)];
                    for (int v = 0; v < count; v++)
                    {
                        for (int w = 0; w <= v; w++)
                        {
                            double dot = Enumerable.Range(0, length).Sum(e => (double)At(v, e) * At(w, e));
                            Assert.That(dot / (gain * gain), Is.EqualTo(v == w ? 1 : 0).Within(1e-5), parameter.Shape.Name);
                        }
                    }
                }
            }
        }
    }

    [Test]
    public void Tensors_heads_networks_and_seeds_all_draw_numbers_of_their_own()
    {
        var seen = new HashSet<float>();
        int drawn = 0;
        foreach ((Parameter[] network, ulong seed, uint number) in new[] { (Actor, 1UL, 0u), (Actor, 2UL, 0u), (Actor, 1UL, 1u) })
        {
            foreach ((_, float[] values) in Filled(network, WeightInitialization.UniformFanIn, seed, number))
            {
                seen.UnionWith(values);
                drawn += values.Length;
            }
        }

        // 24-bit numbers on a few scales coincide now and then; a stream used twice would halve the count.
        Assert.That(seen, Has.Count.GreaterThan(0.98 * drawn));
    }

    private static List<(Parameter Parameter, float[] Values)> Filled(
        Parameter[] parameters, WeightInitialization kind, ulong seed = 1, uint network = 0)
    {
        using IKernelDevice device = KernelDevices.Create("scalar", 1);
        TensorBlock block = NetworkParameters.Allocate(device, "network", parameters);
        WeightInitializer.Fill(device, block, parameters, kind, seed, network);
        var filled = new List<(Parameter, float[])>();
        for (int i = 0; i < parameters.Length; i++)
        {
            float[] values = new float[parameters[i].Shape.Elements];
            device.Download(block[i], values);
            filled.Add((parameters[i], values));
        }

        return filled;
    }
}
