using System.Collections;
using System.Reflection;
using System.Runtime.InteropServices;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Files;
using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.Torch.Networks;

/// <summary>Holds a network of one's own to what a learner needs of it, in a sentence, before it is trained for hours without effect.</summary>
internal static class NetworkCheck
{
    private const int Rows = 2;

    /// <summary>The policy, if it gives <paramref name="outputs"/> numbers for an observation.</summary>
    /// <exception cref="InputException">It does not, or a part of it is not registered.</exception>
    public static torch.nn.Module<Tensor, Tensor> Policy(torch.nn.Module<Tensor, Tensor> module, TransitionSpec spec, int outputs)
    {
        RequireRegistered(module, "policy");
        Try(
            module, $"The policy {module.GetType().Name}", [Rows, outputs], $"observations of {spec.ObservationSize}",
            outputs == spec.ActionSize ? $"{outputs} actions before their tanh" : $"{spec.ActionSize} means and {spec.ActionSize} raw log sigmas",
            () => module.call(torch.zeros(Rows, spec.ObservationSize)));
        return module;
    }

    /// <summary>The critic, if it gives one value for an observation and an action.</summary>
    /// <exception cref="InputException">It does not, or a part of it is not registered.</exception>
    public static torch.nn.Module<Tensor, Tensor, Tensor> Critic(torch.nn.Module<Tensor, Tensor, Tensor> module, TransitionSpec spec)
    {
        RequireRegistered(module, "critic");
        Try(
            module, $"The critic {module.GetType().Name}", [Rows, 1], $"observations of {spec.ObservationSize} and actions of {spec.ActionSize}",
            "one value", () => module.call(torch.zeros(Rows, spec.ObservationSize), torch.zeros(Rows, spec.ActionSize)));
        return module;
    }

    private static void Try(torch.nn.Module module, string name, long[] expected, string inputs, string meaning, Func<Tensor> call)
    {
        using IDisposable scope = torch.NewDisposeScope();
        string wanted = $"[{string.Join(", ", expected)}] ({meaning} each) is needed for {Rows} {inputs} numbers";
        Tensor output;
        try
        {
            output = call();
        }
        catch (ExternalException error)
        {
            string reason = QuotedName.FirstReason(error);
            throw new InputException($"{name} cannot compute ({reason}), where {wanted}; make it fit those sizes.", error);
        }

        if (!output.shape.AsSpan().SequenceEqual(expected))
        {
            throw new InputException($"{name} gives [{string.Join(", ", output.shape)}], and {wanted}; make its last layer fit.");
        }

        Tensor[] parameters = [.. module.parameters()];
        IList<Tensor> gradients = torch.autograd.grad([output.sum()], parameters, allow_unused: true);
        for (int i = 0; i < parameters.Length; i++)
        {
            if (gradients[i] is null || gradients[i].IsInvalid)
            {
                throw new InputException(
                    $"{name} does not use its parameter '{module.named_parameters().ElementAt(i).name}'; use it in forward, or leave it out.");
            }
        }
    }

    // A part that RegisterComponents has not seen is neither trained nor saved, and nothing else would say so.
    private static void RequireRegistered(torch.nn.Module module, string role)
    {
        var registered = module.modules().Cast<object>().ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (torch.nn.Module part in registered.Cast<torch.nn.Module>().Append(module).Where(part => IsOwn(part.GetType())))
        {
            foreach (FieldInfo field in Fields(part.GetType()))
            {
                object? value = field.GetValue(part);
                IEnumerable parts = value is IEnumerable many and not (Tensor or torch.nn.Module) ? many : new[] { value };
                if (parts.OfType<torch.nn.Module>().FirstOrDefault(one => !registered.Contains(one)) is { } missing)
                {
                    throw new InputException(
                        $"The {role} {part.GetType().Name} has a {missing.GetType().Name} in its field '{field.Name}' that is not registered, so " +
                        "it would not be trained; call RegisterComponents() last in the constructor, and keep lists of modules in a ModuleList.");
                }
            }
        }

        if (!module.parameters().Any())
        {
            throw new InputException(
                $"The {role} {module.GetType().Name} has no parameters; call RegisterComponents() last in its constructor.");
        }
    }

    private static bool IsOwn(Type type) => type.Assembly != typeof(torch).Assembly;

    private static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (Type? at = type; at is not null && IsOwn(at); at = at.BaseType)
        {
            foreach (FieldInfo field in at.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                yield return field;
            }
        }
    }
}
