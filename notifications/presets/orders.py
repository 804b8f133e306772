"""From the order to its payment."""

from notifications.presets.recipe import DAY, HELP_EN, HELP_ZH, HOUR, Recipe, Words

_GOODS = "{% if order.item_count %}{order.items_table}{% endif %}"

ORDERS = (
    Recipe(
        event="order.created",
        useful=2 * HOUR,
        only_while="created",
        en=Words(
            name="Order received",
            sms=(
                "Hi {customer.name}, {merchant.name} has your order {order.number}. To pay: {order.total}"
                "{% if order.payment_due_at %} by {order.payment_due_at}{% endif %}. Thank you!"
            ),
            subject="We have your order {order.number}",
            mail=(
                "<p>Hi {customer.name},</p>"
                "<p>Thank you for your order <strong>{order.number}</strong>. "
                "We keep everything ready for you"
                "{% if order.payment_due_at %} until {order.payment_due_at}{% endif %}.</p>"
                f"{_GOODS}<p>To pay: <strong>{{order.total}}</strong></p>"
                "<p>As soon as your payment is in, we get to work.</p>"
            ),
        ),
        zh=Words(
            name="下单确认",
            sms=(
                "您的订单{订单号}已提交，待支付{订单金额}"
                "{% if order.payment_due_at %}，请于{付款截止时间}前完成付款{% endif %}。感谢您的光临！"
            ),
            subject="您的订单 {订单号} 已提交，等待付款",
            mail=(
                "<p>{客户姓名}，您好：</p>"
                "<p>感谢您的惠顾！您的订单 <strong>{订单号}</strong> 已提交，商品已为您保留"
                "{% if order.payment_due_at %}，请于{付款截止时间}前完成付款{% endif %}。</p>"
                f"{_GOODS}<p>应付金额：<strong>{{订单金额}}</strong></p>"
                "<p>收到您的付款后，我们会马上为您安排。</p>"
            ),
        ),
    ),
    Recipe(
        event="order.paid",
        useful=DAY,
        en=Words(
            name="Payment received",
            sms=(
                "Hi {customer.name}, {merchant.name} received your payment of {order.total} for order "
                "{order.number}. We are on it and will keep you posted."
            ),
            subject="Payment received for order {order.number}",
            mail=(
                "<p>Hi {customer.name},</p>"
                "<p>Thank you! Your payment for order <strong>{order.number}</strong> has arrived and we are "
                "getting it ready.</p>"
                f"{_GOODS}<p>Paid: <strong>{{order.total}}</strong></p>"
                "<p>We write again as soon as there is news.</p>"
            ),
        ),
        zh=Words(
            name="付款成功",
            sms="您的订单{订单号}已付款成功，共{订单金额}。我们正在用心准备，有新进展会第一时间通知您。",
            subject="订单 {订单号} 付款成功",
            mail=(
                "<p>{客户姓名}，您好：</p>"
                "<p>已收到您的付款，订单 <strong>{订单号}</strong> 正在用心准备中。</p>"
                f"{_GOODS}<p>实付金额：<strong>{{订单金额}}</strong></p>"
                "<p>有新进展时，我们会第一时间通知您。感谢您的信任！</p>"
            ),
        ),
    ),
    Recipe(
        event="order.payment_failed",
        useful=2 * HOUR,
        only_while="payment_failed",
        en=Words(
            name="Payment failed",
            sms=(
                "Hi {customer.name}, the payment for your {merchant.name} "
                "order {order.number} did not go through. "
                "Please try again or use another card."
            ),
            subject="Your payment for order {order.number} did not go through",
            mail=(
                "<p>Hi {customer.name},</p>"
                "<p>The payment of {order.total} for order <strong>{order.number}"
                "</strong> did not go through. "
                "Nothing is lost: we keep your order. Please try again, or use another way to pay.</p>"
                + HELP_EN
            ),
        ),
        zh=Words(
            name="付款失败",
            sms="您的订单{订单号}付款未成功，商品已为您保留，请稍后重试或更换支付方式。如需帮助请联系客服。",
            subject="订单 {订单号} 付款未成功",
            mail=(
                "<p>{客户姓名}，您好：</p>"
                "<p>订单 <strong>{订单号}</strong>（{订单金额}）付款未成功。请别担心，订单已为您保留，"
                "您可以稍后重试，或更换其他支付方式。</p>" + HELP_ZH
            ),
        ),
    ),
    Recipe(
        event="order.unpaid",
        useful=DAY,
        only_while="created",
        en=Words(
            name="Reminder to pay",
            sms=(
                "Hi {customer.name}, your {merchant.name} order {order.number} is waiting for payment"
                "{% if order.payment_due_at %}; we keep it until {order.payment_due_at}{% endif %}. "
                "Questions? We are happy to help."
            ),
            subject="Your order {order.number} is waiting for you",
            mail=(
                "<p>Hi {customer.name},</p>"
                "<p>Your order <strong>{order.number}</strong> is still waiting for payment"
                "{% if order.payment_due_at %}. We keep it for you until "
                "{order.payment_due_at}{% endif %}.</p>"
                f"{_GOODS}<p>To pay: <strong>{{order.total}}</strong></p>{HELP_EN}"
            ),
        ),
        zh=Words(
            name="待付款提醒",
            sms=(
                "您的订单{订单号}还未付款，商品已为您保留"
                "{% if order.payment_due_at %}至{付款截止时间}，"
                "逾期将自动取消{% endif %}。如需帮助请联系客服。"
            ),
            subject="订单 {订单号} 还未付款",
            mail=(
                "<p>{客户姓名}，您好：</p>"
                "<p>您的订单 <strong>{订单号}</strong> 还未付款，商品已为您保留"
                "{% if order.payment_due_at %}至{付款截止时间}，逾期将自动取消{% endif %}。</p>"
                f"{_GOODS}<p>应付金额：<strong>{{订单金额}}</strong></p>{HELP_ZH}"
            ),
        ),
    ),
    Recipe(
        event="order.cancelled",
        useful=DAY,
        en=Words(
            name="Order cancelled",
            sms=(
                "Hi {customer.name}, your {merchant.name} order {order.number} is cancelled. "
                "If you paid, the money goes back the way it came."
            ),
            subject="Order {order.number} is cancelled",
            mail=(
                "<p>Hi {customer.name},</p>"
                "<p>Your order <strong>{order.number}</strong> is cancelled. "
                "If you have paid, the money goes back "
                "the way it came; your bank decides how long that takes.</p>"
                "<p>We hope to see you again.</p>" + HELP_EN
            ),
        ),
        zh=Words(
            name="订单取消",
            sms="您的订单{订单号}已取消。如已付款，款项将原路退回，到账时间以银行为准。期待再次为您服务。",
            subject="订单 {订单号} 已取消",
            mail=(
                "<p>{客户姓名}，您好：</p>"
                "<p>您的订单 <strong>{订单号}</strong> 已取消。如已付款，"
                "款项将原路退回，到账时间以银行为准。</p>"
                "<p>期待再次为您服务。</p>" + HELP_ZH
            ),
        ),
    ),
)
