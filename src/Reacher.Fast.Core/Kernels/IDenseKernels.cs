namespace Reacher.Fast.Core.Kernels;

/// <summary>What follows a linear map, fused into it.</summary>
public enum Activation
{
    /// <summary>No function: the output is the linear map itself.</summary>
    None = 0,

    /// <summary>max(x, 0), element by element.</summary>
    ReLU = 1,

    /// <summary>tanh(x), element by element.</summary>
    Tanh = 2,
}

/// <summary>Linear maps, forward and both backward products, and layer normalisation; H heads in one call.</summary>
public interface IDenseKernels
{
    /// <summary>
    /// y[h] = act(x[h] W[h] + b[h]). <paramref name="x"/> is [1|H, B, in] (one input may feed all heads),
    /// <paramref name="weight"/> [H, in, out], <paramref name="bias"/> [H, 1, out], <paramref name="y"/> [H, B, out].
    /// </summary>
    void Linear(Tensor x, Tensor weight, Tensor bias, Tensor y, Activation activation);

    /// <summary>
    /// dx = (dy[h] W[h]^T) * 1[gate > 0], for the inputs <paramref name="firstInput"/> .. + dx.Columns.
    /// <paramref name="dx"/> is [H, B, n], or [1, B, n], which sums over the heads (the action gradient of both critics).
    /// <paramref name="gate"/> is null or the ReLU output this input was, [H, B, in]; then firstInput is 0 and n = in.
    /// </summary>
    void LinearBackwardInput(Tensor dy, Tensor weight, Tensor dx, Tensor? gate, int firstInput = 0);

    /// <summary>dW[h] = x[h]^T dy[h]; db[h] = column sums of dy[h]. Shapes as in <see cref="Linear"/>.</summary>
    void LinearBackwardWeights(Tensor x, Tensor dy, Tensor weightGradient, Tensor biasGradient);

    /// <summary>
    /// The critics' last layer: q[h, b] = x[h, b] . w[h] + c[h]. <paramref name="weight"/> is [H, 1, in] (a row, for its one
    /// output), <paramref name="bias"/> [H, 1, 1], <paramref name="q"/> [H, 1, B].
    /// </summary>
    void ValueHead(Tensor x, Tensor weight, Tensor bias, Tensor q);

    /// <summary>
    /// Backward of <see cref="ValueHead"/>: dx[h, b] = dq[h, b] w[h] * 1[gate > 0], with <paramref name="gate"/> null or the
    /// ReLU output x was; and, unless null, dw[h] = sum_b dq[h, b] x[h, b] and dc[h] = sum_b dq[h, b].
    /// </summary>
    void ValueHeadBackward(
        Tensor dq, Tensor x, Tensor weight, Tensor dx, Tensor? gate, Tensor? weightGradient, Tensor? biasGradient);

    /// <summary>
    /// Layer normalisation over the features of every row, eps 1e-5 (Ba et al. 2016, eq. 3; torch.nn.LayerNorm), then the
    /// activation: y = act(gain * (x - mean) * rstd + shift). <paramref name="gain"/> and <paramref name="shift"/> are
    /// [H, 1, features]; <paramref name="normalized"/> [H, B, features] keeps (x - mean) * rstd, and
    /// <paramref name="reciprocalDeviation"/> [H, 1, B] keeps rstd, for the backward pass.
    /// </summary>
    void LayerNorm(
        Tensor x, Tensor gain, Tensor shift, Tensor normalized, Tensor reciprocalDeviation, Tensor y, Activation activation);

    /// <summary>
    /// Backward of <see cref="LayerNorm"/>; <paramref name="dy"/> has already been gated by the activation. The gradients of gain
    /// and shift may be null together (when only the input's is wanted). <paramref name="dx"/> may be <paramref name="dy"/>.
    /// </summary>
    void LayerNormBackward(
        Tensor dy, Tensor gain, Tensor normalized, Tensor reciprocalDeviation, Tensor dx, Tensor? gainGradient, Tensor? shiftGradient);

    /// <summary>y = [left | right], row by row: the critics' input from observations and actions. All [1, B, .].</summary>
    void Concatenate(Tensor left, Tensor right, Tensor y);

    /// <summary>
    /// y = clamp((x - mean) * scale, -limit, limit), by column: observation normalisation. <paramref name="mean"/> and
    /// <paramref name="scale"/> are [1, 1, columns]; y may be x.
    /// </summary>
    void Normalize(Tensor x, Tensor mean, Tensor scale, float limit, Tensor y);
}
