"""What we find out about our own sending, for the people of the shop."""

from notifications.presets.recipe import DAY, TEAM, Recipe, Words

TEAM_NEWS = (
    Recipe(
        event="gateway.switched",
        useful=DAY,
        **TEAM,
        en=Words(
            name="Team: a gateway rests",
            subject="Gateway {gateway.name} rests",
            mail=(
                "<p>The gateway <strong>{gateway.name}</strong> takes no texts for now: {gateway.why}.</p>"
                "{% if gateway.detail %}<p>In its own words: {gateway.detail}</p>{% endif %}"
                "{% if gateway.until %}<p>It is tried again from {gateway.until} on.</p>{% endif %}"
                "<p>Texts take the next gateway of their route, or wait where there is none.</p>"
            ),
        ),
        zh=Words(
            name="团队：短信通道暂停",
            subject="短信通道 {通道名称} 已暂停使用",
            mail=(
                "<p>短信通道 <strong>{通道名称}</strong> 暂停发送：{通道异常原因}。</p>"
                "{% if gateway.detail %}<p>通道返回：{通道返回内容}</p>{% endif %}"
                "{% if gateway.until %}<p>{通道恢复时间}起会重新尝试。</p>{% endif %}"
                "<p>短信已改走线路中的下一个通道；没有其他通道时会等待，不会丢失。</p>"
            ),
        ),
    ),
    Recipe(
        event="gateway.back",
        useful=DAY,
        **TEAM,
        en=Words(
            name="Team: a gateway is back",
            subject="Gateway {gateway.name} is used again",
            mail="<p>The gateway <strong>{gateway.name}</strong> works and takes its texts as before.</p>",
        ),
        zh=Words(
            name="团队：短信通道恢复",
            subject="短信通道 {通道名称} 已恢复",
            mail="<p>短信通道 <strong>{通道名称}</strong> 已恢复正常，短信照常由它发送。</p>",
        ),
    ),
    Recipe(
        event="gateway.balance_low",
        useful=DAY,
        **TEAM,
        en=Words(
            name="Team: a balance is low",
            subject="Gateway {gateway.name}: {gateway.balance} left",
            mail=(
                "<p>At the gateway <strong>{gateway.name}</strong> there is "
                "<strong>{gateway.balance}</strong> left. Top it up before texts have to wait.</p>"
            ),
        ),
        zh=Words(
            name="团队：通道余额不足",
            subject="短信通道 {通道名称} 余额仅剩 {通道余额}",
            mail=(
                "<p>短信通道 <strong>{通道名称}</strong> 余额仅剩 <strong>{通道余额}</strong>，"
                "请及时充值，以免短信等待发送。</p>"
            ),
        ),
    ),
    Recipe(
        event="limit.near",
        useful=DAY,
        **TEAM,
        en=Words(
            name="Team: a sending limit is near",
            subject="Sending limit nearly used up: {allowance.used} of {allowance.most}",
            mail=(
                "<p>Of the texts {allowance.scope} that you allow {allowance.period}, "
                "<strong>{allowance.used} of {allowance.most}</strong> parts are used.</p>"
                "<p>When the limit is reached, texts wait for the next {allowance.unit}.</p>"
            ),
        ),
        zh=Words(
            name="团队：发送额度即将用完",
            subject="发送额度即将用完：已用 {已用条数}/{额度条数} 条",
            mail=(
                "<p>{额度周期}的{额度范围}短信额度已用 <strong>{已用条数}/{额度条数}</strong> 条。</p>"
                "<p>用完后，短信会等到下一个周期再发送。</p>"
            ),
        ),
    ),
    Recipe(
        event="limit.reached",
        useful=DAY,
        **TEAM,
        en=Words(
            name="Team: a sending limit is reached",
            subject="Sending limit reached: {allowance.most} texts {allowance.scope}",
            mail=(
                "<p>All <strong>{allowance.most}</strong> parts of texts {allowance.scope} that you allow "
                "{allowance.period} are used. Further texts wait for the next {allowance.unit}, or until you "
                "raise the limit.</p>"
            ),
        ),
        zh=Words(
            name="团队：发送额度已用完",
            subject="发送额度已用完：{额度范围} {额度条数} 条",
            mail=(
                "<p>{额度周期}的{额度范围}短信额度 <strong>{额度条数}</strong> 条已全部用完。"
                "之后的短信会等到下一个周期，或在您调高额度后发送。</p>"
            ),
        ),
    ),
    Recipe(
        event="review.decided",
        useful=3 * DAY,
        **TEAM,
        en=Words(
            name="Team: a vendor decided",
            subject="{review.gateway} on {review.name}: {review.state}",
            mail=(
                "<p>The vendor of <strong>{review.gateway}</strong> decided on "
                "<strong>{review.name}</strong>: {review.state}.</p>"
                "{% if review.reason %}<p>In the vendor's words: {review.reason}</p>{% endif %}"
            ),
        ),
        zh=Words(
            name="团队：通道审核结果",
            subject="{审核通道}：{审核对象} {审核结果}",
            mail=(
                "<p><strong>{审核对象}</strong> 在 <strong>{审核通道}</strong> 的审核结果：{审核结果}。</p>"
                "{% if review.reason %}<p>通道说明：{审核说明}</p>{% endif %}"
            ),
        ),
    ),
)
