using System.Reflection;
using Reacher.Fast.Core.Options;

namespace Reacher.Fast.Training.Options;

/// <summary>One of the records that options lie in, and the way to it from the run's options.</summary>
/// <param name="Type">The record's type.</param>
/// <param name="Read">The record in the run's options; null where they are another algorithm's.</param>
/// <param name="Copy">A copy of it that may be changed until it is written; null where <paramref name="Read"/> gives none.</param>
/// <param name="Write">The run's options with another record.</param>
internal sealed record OptionHolder(
    Type Type, Func<RunOptions, object?> Read, Func<RunOptions, object?> Copy, Func<RunOptions, object, RunOptions> Write)
{
    /// <summary>The keys of the options that this type declares itself, in the order of declaration.</summary>
    public IEnumerable<OptionKey> Keys() =>
        from property in Type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
        orderby property.MetadataToken
        let option = property.GetCustomAttribute<OptionAttribute>()
        where option is not null
        select new OptionKey(option, property, this);
}
