"""From the wish to return to the money back."""

from notifications.presets.recipe import DAY, HELP_EN, HELP_ZH, Recipe, Words

_GOODS_EN = "{% if return.items %}<p>Goods: {return.items}</p>{% endif %}"
_GOODS_ZH = "{% if return.items %}<p>退货商品：{退货商品}</p>{% endif %}"

RETURNS = (
    Recipe(
        event="return.requested",
        useful=DAY,
        en=Words(
            name="Return requested",
            sms=(
                "Hi {customer.name}, {merchant.name} has your return request for order {order.number}. "
                "We look at it and get back to you soon."
            ),
            subject="We have your return request for order {order.number}",
            mail=(
                "<p>Hi {customer.name},</p>"
                "<p>We have your return request for order <strong>{order.number}</strong>"
                "{% if return.reason %} ({return.reason}){% endif %}.</p>"
                f"{_GOODS_EN}<p>Please keep the goods as they are; we look "
                f"at it and get back to you soon.</p>"
            ),
        ),
        zh=Words(
            name="退货申请已收到",
            sms="已收到您订单{订单号}的退货申请，我们会尽快审核并通知您，请妥善保管商品。",
            subject="已收到订单 {订单号} 的退货申请",
            mail=(
                "<p>{客户姓名}，您好：</p>"
                "<p>已收到您订单 <strong>{订单号}</strong> 的退货申请"
                "{% if return.reason %}（{退货原因}）{% endif %}。</p>"
                f"{_GOODS_ZH}<p>我们会尽快审核并通知您，请妥善保管商品。</p>"
            ),
        ),
    ),
    Recipe(
        event="return.approved",
        useful=2 * DAY,
        en=Words(
            name="Return approved",
            sms=(
                "Hi {customer.name}, {merchant.name} approved your return for order {order.number}"
                "{% if return.window %}. Pickup: {return.window}{% endif %}. Please have the goods ready."
            ),
            subject="Your return for order {order.number} is approved",
            mail=(
                "<p>Hi {customer.name},</p>"
                "<p>Your return for order <strong>{order.number}</strong> is approved. "
                "Please have the goods ready in their packaging.</p>"
                f"{_GOODS_EN}"
                "{% if return.window %}<p>Pickup: <strong>{return.window}</strong></p>{% endif %}"
                "{% if return.refund_amount %}<p>Refund: <strong>{return.refund_amount}"
                "</strong></p>{% endif %}"
                f"{HELP_EN}"
            ),
        ),
        zh=Words(
            name="退货申请已通过",
            sms=(
                "您订单{订单号}的退货申请已通过"
                "{% if return.window %}，将于{取件时段}上门取件{% endif %}，请备好商品及包装。"
            ),
            subject="订单 {订单号} 的退货申请已通过",
            mail=(
                "<p>{客户姓名}，您好：</p>"
                "<p>您订单 <strong>{订单号}</strong> 的退货申请已通过，请备好商品及原包装。</p>"
                f"{_GOODS_ZH}"
                "{% if return.window %}<p>上门取件：<strong>{取件时段}</strong></p>{% endif %}"
                "{% if return.refund_amount %}<p>退款金额：<strong>{退款金额}</strong></p>{% endif %}"
                f"{HELP_ZH}"
            ),
        ),
    ),
    Recipe(
        event="return.rejected",
        useful=2 * DAY,
        en=Words(
            name="Return declined",
            sms=(
                "Hi {customer.name}, we are sorry: {merchant.name} cannot accept the return for order "
                "{order.number}. Please contact us and we explain."
            ),
            subject="About your return for order {order.number}",
            mail=(
                "<p>Hi {customer.name},</p>"
                "<p>We are sorry: we cannot accept the return for order <strong>{order.number}</strong>. "
                "Please contact us; we explain why and look for another way with you.</p>" + HELP_EN
            ),
        ),
        zh=Words(
            name="退货申请未通过",
            sms="很抱歉，您订单{订单号}的退货申请未能通过。如有疑问请联系客服，我们会为您详细说明。",
            subject="关于订单 {订单号} 的退货申请",
            mail=(
                "<p>{客户姓名}，您好：</p>"
                "<p>很抱歉，您订单 <strong>{订单号}</strong> 的退货申请未能通过。"
                "如有疑问请联系客服，我们会为您详细说明，并一起寻找解决办法。</p>" + HELP_ZH
            ),
        ),
    ),
    Recipe(
        event="return.pickup_scheduled",
        useful=DAY,
        en=Words(
            name="Return pickup scheduled",
            sms=(
                "Hi {customer.name}, the pickup of your {merchant.name} "
                "return for order {order.number} is booked"
                "{% if return.window %}: {return.window}{% endif %}."
            ),
            subject="Pickup booked for order {order.number}",
            mail=(
                "<p>Hi {customer.name},</p>"
                "<p>The pickup of your return for order <strong>{order.number}</strong> is booked"
                "{% if return.window %}: <strong>{return.window}</strong>{% endif %}.</p>" + _GOODS_EN
            ),
        ),
        zh=Words(
            name="退货取件已预约",
            sms=(
                "您订单{订单号}的退货已预约上门取件{% if return.window %}，"
                "时间{取件时段}{% endif %}，请备好商品。"
            ),
            subject="订单 {订单号} 的退货取件已预约",
            mail=(
                "<p>{客户姓名}，您好：</p>"
                "<p>您订单 <strong>{订单号}</strong> 的退货已预约上门取件"
                "{% if return.window %}，时间：<strong>{取件时段}</strong>{% endif %}。</p>" + _GOODS_ZH
            ),
        ),
    ),
    Recipe(
        event="return.refunded",
        useful=3 * DAY,
        en=Words(
            name="Refund sent",
            sms=(
                "Hi {customer.name}, {merchant.name} has refunded"
                "{% if return.refund_amount %} {return.refund_amount}{% endif %} for order {order.number}. "
                "Your bank may take a few days."
            ),
            subject="Your refund for order {order.number} is on its way",
            mail=(
                "<p>Hi {customer.name},</p>"
                "<p>We have refunded{% if return.refund_amount %} "
                "<strong>{return.refund_amount}</strong>{% endif %} "
                "for order <strong>{order.number}</strong>. It goes back the way you paid; "
                "your bank may take a few days.</p>" + HELP_EN
            ),
        ),
        zh=Words(
            name="退款通知",
            sms=(
                "您订单{订单号}的退款{% if return.refund_amount %}{退款金额}{% endif %}已原路退回，"
                "到账时间以银行为准，请留意查收。"
            ),
            subject="订单 {订单号} 已退款",
            mail=(
                "<p>{客户姓名}，您好：</p>"
                "<p>您订单 <strong>{订单号}</strong> 的退款"
                "{% if return.refund_amount %} <strong>{退款金额}</strong> {% endif %}已原路退回，"
                "到账时间以银行为准，请留意查收。</p>" + HELP_ZH
            ),
        ),
    ),
)
